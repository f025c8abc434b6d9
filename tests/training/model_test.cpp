#include "../../training/model.hpp"

#include <sstream>
#include <thread>

#include <doctest/doctest.h>

#include "../../framework/base/parallel.hpp"
#include "../../layers/core/dense.hpp"
#include "../../layers/merging/elementwise.hpp"
#include "../../training/optimizers/adam.hpp"
#include "../../training/optimizers/sgd.hpp"
#include "../../training/sequential.hpp"
#include "../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::noise;
using keratin::testing::same_bits;

namespace {

Sequential classifier() {
  set_random_seed(7);
  return Sequential({Input({6}), Dense({.units = 16, .activation = "relu"}),
                     Dense({.units = 3, .activation = "softmax"})});
}

/// Labels that follow from x.
Tensor labels_of(const Tensor& x) {
  Tensor y = empty({static_cast<Dim>(x.shape(0))});
  for (std::size_t i = 0; i < y.size(); ++i) y(i) = x(i, 0) > 0 ? 2 : x(i, 1) > 0 ? 1 : 0;
  return y;
}

CompileOptions settings() {
  return {.optimizer = optimizers::Adam({.learning_rate = 0.01}),
          .loss = "sparse_categorical_crossentropy",
          .metrics = {"accuracy"}};
}

const FitOptions quiet{.batch_size = 16, .epochs = 10, .verbose = Verbose::silent, .seed = 1};

}  // namespace

TEST_CASE("fit learns, evaluate and predict agree with it") {
  Sequential model = classifier();
  model.compile(settings());
  const Tensor x = noise({300, 6}, 1), y = labels_of(x);
  FitOptions options = quiet;
  options.validation_split = 0.2;
  const History history = model.fit(x, y, options);
  REQUIRE(history.epoch.size() == 10);
  CHECK(history["loss"].back() < 0.6 * history["loss"].front());
  CHECK(history["val_accuracy"].back() > 0.8);
  const Logs logs = model.evaluate(x, y, {.verbose = Verbose::silent});
  const Tensor prediction = model.predict(x, {.batch_size = 64});
  std::size_t right = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    const real* row = prediction.data() + 3 * i;
    right += static_cast<std::size_t>(std::max_element(row, row + 3) - row) ==
             static_cast<std::size_t>(y(i));
  }
  CHECK(log_value(logs, "accuracy") == doctest::Approx(static_cast<double>(right) / 300));
}

TEST_CASE("the same seeds give the same bits, with any number of threads") {
  const Tensor x = noise({200, 6}, 1), y = labels_of(x);
  const auto train = [&](int threads) {
    set_num_threads(threads);
    Sequential model = classifier();
    model.compile(settings());
    model.fit(x, y, quiet);
    return model.get_weights();
  };
  const int kept = num_threads();
  const Tensors one = train(1);
  for (const int threads : {1, 2, 7}) {
    const Tensors other = train(threads);
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(same_bits(one[i], other[i]));
  }
  set_num_threads(kept);
}

TEST_CASE("predict is safe from many threads, in batches of any size") {
  const Sequential model = classifier();
  const Tensor x = noise({50, 6}, 2);
  const Tensor alone = model.predict(x);
  for (const std::size_t batch_size : {1, 7, 50, 1000})
    CHECK(same_bits(model.predict(x, {.batch_size = batch_size}), alone));
  std::vector<Tensor> results(4);
  std::vector<std::thread> threads;
  for (Tensor& result : results) threads.emplace_back([&] { result = model.predict(x); });
  for (std::thread& thread : threads) thread.join();
  for (const Tensor& result : results) CHECK(same_bits(result, alone));
  CHECK(shape_of(model.predict(zeros({0, 6}))) == Shape{0, 3});
}

TEST_CASE("several inputs and outputs, by order and by name") {
  set_random_seed(3);
  const auto left = Input({4}, {.name = "left"}), right = Input({4}, {.name = "right"});
  const Dense shared({.units = 3}, {.name = "shared"});
  const auto sum = Add({}, {.name = "sum"})({shared(left), shared(right)});
  const auto kind = Dense({.units = 2, .activation = "softmax"}, {.name = "kind"})(sum);
  const auto size = Dense({.units = 1}, {.name = "size"})(sum);
  Model model({left, right}, {kind, size});
  model.compile(
      {.optimizer = optimizers::SGD({.learning_rate = 0.05}),
       .loss = std::map<std::string, LossSpec>{{"kind", "sparse_categorical_crossentropy"},
                                               {"size", "mse"}},
       .loss_weights = std::map<std::string, double>{{"size", 0.5}},
       .metrics = std::map<std::string, MetricList>{{"kind", {"accuracy"}}}});
  const Tensor a = noise({40, 4}, 1), b = noise({40, 4}, 2);
  Tensor label = empty({40}), total = empty({40, 1});
  for (std::size_t i = 0; i < 40; ++i) {
    total(i, 0) = a(i, 0) + b(i, 0);
    label(i) = total(i, 0) > 0;
  }
  const std::map<std::string, Tensor> x = {{"right", b}, {"left", a}};
  const std::map<std::string, Tensor> y = {{"size", total}, {"kind", label}};
  FitOptions options = quiet;
  options.epochs = 30;
  const History history = model.fit(x, y, options);
  const Logs& first = history.logs.front();
  CHECK(log_value(first, "loss") ==
        doctest::Approx(log_value(first, "kind_loss") + 0.5 * log_value(first, "size_loss")));
  CHECK(log_value(history.logs.back(), "kind_accuracy") > 0.9);
  const Tensors outputs = model.predict_all(Data(x));
  CHECK(shape_of(outputs[0]) == Shape{40, 2});
  CHECK(same_bits(outputs[1], model.predict_all({a, b})[1]));
  CHECK_THROWS_AS(model.predict(Data(x)), ValueError);
}

TEST_CASE("a model within a model shares its weights; a frozen one keeps them") {
  set_random_seed(4);
  const Sequential base({Input({6}), Dense({.units = 5, .activation = "tanh"})}, {.name = "base"});
  base.set_trainable(false);
  const auto input = Input({6});
  Model model({input}, {Dense({.units = 3, .activation = "softmax"})(base(input))});
  const Tensors kept = base.get_weights();
  model.compile(settings());
  const Tensor x = noise({100, 6}, 1);
  model.fit(x, labels_of(x), quiet);
  CHECK(same_bits(base.get_weights()[0], kept[0]));
  CHECK(model.weights()[0] == base.weights()[0]);
  CHECK(model.trainable_weights().size() == 2);
}

TEST_CASE("a Sequential without an input shape learns it from the data") {
  set_random_seed(5);
  Sequential model({Dense({.units = 4, .activation = "relu"}), Dense({.units = 1})});
  CHECK_FALSE(model.function().built());
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor x = noise({20, 3}, 1);
  model.fit(x, noise({20, 1}, 2), quiet);
  CHECK(model.count_params() == 3 * 4 + 4 + 4 + 1);
}

TEST_CASE("a dataset of one's own, and a callback that stops") {
  struct Noise final : Dataset {
    std::size_t size() const override { return 5; }
    Batch batch(std::size_t index) const override {
      const Tensor x = noise({8, 6}, index);
      return {{x}, {labels_of(x)}};
    }
  };
  struct StopAfterTwo final : callbacks::Callback {
    void on_epoch_end(Model&, Progress& progress, std::size_t epoch, Logs&) override {
      progress.stop_training = epoch == 1;
    }
  };
  Sequential model = classifier();
  model.compile(settings());
  Noise data;
  FitOptions options = quiet;
  options.callbacks = {std::make_shared<StopAfterTwo>()};
  CHECK(model.fit(data, options, &data).epoch.size() == 2);
}

TEST_CASE("wrong use is refused") {
  Sequential model = classifier();
  const Tensor x = noise({8, 6}, 1), y = labels_of(x);
  CHECK_THROWS_WITH_AS(model.fit(x, y, quiet), doctest::Contains("compile()"), Error);
  CHECK_THROWS_WITH_AS(model.compile({.optimizer = "sgd", .loss = "no such loss"}),
                       doctest::Contains("no such loss"), ValueError);
  CHECK_THROWS_AS(model.compile({.optimizer = "no such optimizer"}), ValueError);
  model.compile({.optimizer = "sgd"});
  CHECK_THROWS_WITH_AS(model.fit(x, y, quiet), doctest::Contains("No loss to compute"), ValueError);
  model.compile(settings());
  CHECK_THROWS_AS(model.fit(noise({8, 5}, 1), y, quiet), ShapeError);
  CHECK_THROWS_AS(model.fit(x, noise({7}, 1), quiet), ShapeError);
  CHECK_THROWS_AS(model.fit({x, x}, y, quiet), ValueError);
  CHECK_THROWS_AS(model.predict(noise({2, 7}, 1)), ShapeError);
  CHECK_THROWS_AS(model.get_layer("nowhere"), ValueError);
  CHECK_THROWS_AS(model.set_weights({x}), ValueError);
  for (const double split : {-0.1, 1.0}) {
    FitOptions options = quiet;
    options.validation_split = split;
    CHECK_THROWS_AS(model.fit(x, y, options), ValueError);
  }
}

TEST_CASE("the summary counts what can be trained") {
  const Sequential model = classifier();
  model.layers()[0]->set_trainable(false);
  std::ostringstream out;
  model.summary(out, {.show_trainable = true});
  CHECK(out.str().find("(None, 16)") != std::string::npos);
  CHECK(out.str().find(" Total params: 163 (652.00 B)") != std::string::npos);
  CHECK(out.str().find(" Trainable params: 51") != std::string::npos);
  CHECK(out.str().find(" Non-trainable params: 112") != std::string::npos);
}
