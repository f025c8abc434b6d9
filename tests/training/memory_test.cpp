#include <sstream>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "../../framework/base/pool_allocator.hpp"
#include "../../framework/keratin.hpp"
#include "../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::noise;

namespace {

/// A small network with most of what networks have.
Model network() {
  const SymbolicTensor image = Input({32, 32, 8});
  const auto block = [](const SymbolicTensor& x, Dim filters) {
    const SymbolicTensor deep = Activation({.activation = "relu"})(
        BatchNormalization()(DepthwiseConv2D({.kernel_size = 3, .padding = "same"})(x)));
    return ReLU({.max_value = 6})(
        BatchNormalization()(Conv2D({.filters = filters, .kernel_size = 1})(deep)));
  };
  SymbolicTensor x = block(image, 16);
  x = Add()({x, block(x, 16)});
  x = MaxPooling2D()(SeparableConv2D(
      {.filters = 24, .kernel_size = 3, .padding = "same", .activation = "relu"})(x));
  x = Dropout({.rate = 0.2})(GlobalAveragePooling2D()(x));
  return Model({image}, {Dense({.units = 10, .activation = "softmax"})(x)});
}

struct Demands {
  std::size_t blocks;
  std::int64_t faults;
};

/// Blocks asked of the system, and page faults, in five further runs.
template <class Run>
Demands demands_of(const Run& run) {
  run();
  run();
  const auto faults = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::int64_t>(usage.ru_minflt + usage.ru_majflt);
  };
  const std::size_t blocks = pool::statistics().system_requests;
  const std::int64_t before = faults();
  for (int i = 0; i < 5; ++i) run();
  const std::int64_t after = faults();
  return {pool::statistics().system_requests - blocks, after - before};
}

}  // namespace

TEST_CASE("A steady training step and prediction ask the system for no memory") {
  Model model = network();
  model.compile({.optimizer = optimizers::Adam(), .loss = "sparse_categorical_crossentropy"});
  const Tensor x = noise({16, 32, 32, 8}, 1);
  Tensor y = zeros({16});
  for (std::size_t i = 0; i < y.size(); ++i) y(i) = static_cast<real>(i % 10);
  const Demands training = demands_of([&] { model.train_on_batch(x, y); });
  CHECK(training.blocks == 0);
  CHECK(training.faults <= 8);  // of other threads, perhaps
  for (const bool prepared : {true, false}) {
    const Demands prediction = demands_of([&] { model.predict(x, {.prepared = prepared}); });
    CHECK(prediction.blocks == 0);
    CHECK(prediction.faults <= 8);
  }
}

TEST_CASE("The memory report says what lives when") {
  const SymbolicTensor row = Input({4});
  const Model model(
      {row},
      {Activation({.activation = "sigmoid"})(Dense({.units = 6})(Dense({.units = 8})(row)))});
  const MemoryReport report = model.memory({.batch_size = 10});
  const std::size_t r = sizeof(real);
  CHECK(report.weights == (4 * 8 + 8 + 8 * 6 + 6) * r);
  CHECK(report.gradients == report.weights);
  CHECK(report.inputs == 40 * r);
  CHECK(report.prepared);
  CHECK(report.prediction.all == (80 + 60) * r);  // the activation is the second Dense's end
  CHECK(report.prediction.alive == (80 + 60) * r);
  CHECK(report.kept == (80 + 60 + 60) * r);
  // At the second Dense's backward: two outputs are kept, its weights' gradient is there, and those
  // of its output and input.
  CHECK(report.training == (80 + 60 + 54 + 60 + 80) * r);

  const SymbolicTensor open = Input({unknown, 3});
  const Model series({open},
                     {GlobalAveragePooling1D()(Conv1D({.filters = 2, .kernel_size = 2})(open))});
  CHECK(series.memory({.batch_size = 1, .input_shapes = {{9, 3}}}).kept == (8 * 2 + 2) * r);
  const std::string name = series.name();
  CHECK_THROWS_WITH_AS(series.memory(),
                       doctest::String(("Layer '" + name +
                                        "' (Functional): memory_report: the size of every axis "
                                        "must be known; pass `input_shapes`. Received an input "
                                        "of shape (32, None, 3)")
                                           .c_str()),
                       ValueError);
  CHECK_THROWS_WITH_AS(series.memory({.input_shapes = {{9, 3}, {1}}}),
                       doctest::String(("Layer '" + name +
                                        "' (Functional): memory_report: `input_shapes` must have "
                                        "1 shape(s). Received: 2")
                                           .c_str()),
                       ValueError);
}

TEST_CASE("The memory report as printed") {
  const SymbolicTensor row = Input({1024});
  const Model model({row}, {Dense({.units = 256, .use_bias = false})(row)}, {.name = "net"});
  std::ostringstream out;
  model.memory_report(out, {.batch_size = 64});
  std::istringstream lines(out.str());
  std::string line;
  std::getline(lines, line);
  CHECK(line == "Memory of model \"net\", batch size 64");
  std::getline(lines, line);
  CHECK(line.starts_with("Weights  "));
  CHECK(line.ends_with(sizeof(real) == 4 ? " 1.00 MB" : " 2.00 MB"));
  std::getline(lines, line);
  CHECK(line.ends_with(sizeof(real) == 4 ? " 256.00 KB" : " 512.00 KB"));
  std::getline(lines, line);
  CHECK(line.starts_with("Prediction, placed (prepared)"));
}
