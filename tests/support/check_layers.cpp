#include "check_layers.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../framework/base/parallel.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {
namespace {

/// How many elements of a tensor are varied; testing each of many says little more.
constexpr std::size_t samples = 12;

/// One step over a case: outputs, and gradients of the sum of weights * outputs.
struct Trial {
  Tensors outputs;
  Tensors input_gradients;
  Gradients gradients;
};

struct Bench {
  const LayerCase& test;
  Layer& layer;
  Tensors inputs;
  Tensors weights;  // of the outputs in the sum

  explicit Bench(const LayerCase& test_case) : test(test_case), layer(*test.layer) {
    layer.build(test.inputs);
    std::uint64_t seed = std::hash<std::string>{}(test.name);
    for (const Shape& shape : test.inputs) {
      inputs.push_back(noise(shape, seed++, test.options.low, test.options.high));
      if (test.options.integers) {
        for (real& value : inputs.back()) value = std::floor(value);
      }
    }
    for (Parameter* parameter : layer.weights()) {
      // Zeros and ones would hide mistakes; statistics such as variances must stay positive.
      parameter->assign(parameter->is_trainable_kind()
                            ? noise(shape_of(parameter->value()), seed++)
                            : noise(shape_of(parameter->value()), seed++, 0.5, 1.5));
    }
    for (const Tensor& output : run(1).outputs) weights.push_back(noise(shape_of(output), seed++));
  }

  std::vector<const Tensor*> refs() const {
    std::vector<const Tensor*> all;
    for (const Tensor& input : inputs) all.push_back(&input);
    return all;
  }

  /// `calls` calls in one step; with weights, backward too.
  Trial run(std::size_t calls) const {
    Step step{.training = test.options.training, .backward = !weights.empty(), .seed = 5};
    Context context(step);
    Trial trial;
    for (std::size_t call = 0; call < calls; ++call) {
      // The same id each time: what is random must not differ between the calls.
      Context once(step, 17);
      once.set_call(test.options.call);
      once.run(layer, refs());
      trial.outputs.clear();
      for (const Tensor* output : once.outputs()) trial.outputs.push_back(*output);
      if (!weights.empty()) trial.input_gradients = once.run_backward(weights);
    }
    trial.gradients = std::move(step.gradients);
    return trial;
  }

  double probe() const {
    Step step{.training = test.options.training, .seed = 5};
    Context once(step, 17);
    once.set_call(test.options.call);
    once.run(layer, refs());
    double sum = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const real* y = once.output(k).data();
      const real* w = weights[k].data();
      for (std::size_t i = 0; i < weights[k].size(); ++i)
        sum += static_cast<double>(y[i]) * static_cast<double>(w[i]);
    }
    return sum;
  }
};

void check_shapes(const Bench& bench, const Trial& trial) {
  const Shapes inferred = bench.layer.compute_output_shapes(bench.test.inputs);
  REQUIRE(inferred.size() == trial.outputs.size());
  for (std::size_t k = 0; k < inferred.size(); ++k)
    CHECK(inferred[k] == shape_of(trial.outputs[k]));
  Shapes open = bench.test.inputs;
  for (Shape& shape : open) {
    if (!shape.empty()) shape[0] = unknown;
  }
  Shapes expected = inferred;
  for (Shape& shape : expected) {
    if (!shape.empty()) shape[0] = unknown;
  }
  CHECK(bench.layer.compute_output_shapes(open) == expected);
}

/// Compares `gradient` with central differences over the elements of `point`, which is changed
/// through `set` and put back.
void check_gradient(const Bench& bench, const Tensor& point, const Tensor& gradient,
                    const std::function<void(std::size_t, real)>& set) {
  if constexpr (sizeof(real) == sizeof(double)) {
    REQUIRE(gradient.shape() == point.shape());
    const double eps = 1e-5;
    double largest = 1;
    for (const real value : gradient)
      largest = std::max(largest, static_cast<double>(std::abs(value)));
    const std::size_t stride = std::max<std::size_t>(1, point.size() / samples);
    for (std::size_t i = 0; i < point.size(); i += stride) {
      const real kept = point.flat(i);
      set(i, static_cast<real>(static_cast<double>(kept) + eps));
      const double up = bench.probe();
      set(i, static_cast<real>(static_cast<double>(kept) - eps));
      const double down = bench.probe();
      set(i, kept);
      const double numeric = (up - down) / (2 * eps);
      CAPTURE(i);
      CHECK(std::abs(static_cast<double>(gradient.flat(i)) - numeric) <= 1e-7 * largest * 10);
    }
  }
}

void check_gradients(Bench& bench, const Trial& trial) {
  for (std::size_t k = 0; k < bench.inputs.size() && !bench.test.options.integers; ++k) {
    CAPTURE(k);
    check_gradient(bench, bench.inputs[k], trial.input_gradients.at(k),
                   [&](std::size_t i, real value) { bench.inputs[k].flat(i) = value; });
  }
  for (Parameter* parameter : bench.layer.trainable_weights()) {
    CAPTURE(parameter->path());
    const Tensor* gradient = trial.gradients.find(*parameter);
    REQUIRE(gradient != nullptr);
    check_gradient(bench, parameter->value(), *gradient,
                   [&](std::size_t i, real value) { parameter->mutable_value().flat(i) = value; });
  }
}

void check_two_calls(Bench& bench, const Trial& once) {
  const Trial twice = bench.run(2);
  for (const Parameter* parameter : bench.layer.trainable_weights()) {
    CAPTURE(parameter->path());
    const Tensor doubled = 2 * *once.gradients.find(*parameter);
    CHECK(same_bits(*twice.gradients.find(*parameter), doubled));
  }
}

void check_threads(Bench& bench) {
  const int kept = num_threads();
  set_num_threads(1);
  const Trial one = bench.run(1);
  for (const int count : {2, 7}) {
    CAPTURE(count);
    set_num_threads(count);
    const Trial many = bench.run(1);
    for (std::size_t k = 0; k < one.outputs.size(); ++k)
      CHECK(same_bits(many.outputs[k], one.outputs[k]));
    for (std::size_t k = 0; k < one.input_gradients.size(); ++k)
      CHECK(same_bits(many.input_gradients[k], one.input_gradients[k]));
    for (const Parameter* parameter : bench.layer.trainable_weights())
      CHECK(same_bits(*many.gradients.find(*parameter), *one.gradients.find(*parameter)));
  }
  set_num_threads(kept);
}

void check_config(Bench& bench, const Trial& trial) {
  const Json config = bench.layer.get_config();
  const auto copy = Registry<Layer>::instance().make(std::string(bench.layer.class_name()), config);
  // The config of a wrapper has the shape that the layer within was built for.
  copy->build(bench.test.inputs);
  CHECK(copy->get_config().dump() == config.dump());
  const auto weights = bench.layer.weights(), copied = copy->weights();
  REQUIRE(copied.size() == weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(copied[i]->name() == weights[i]->name());
    copied[i]->assign(weights[i]->value());
  }
  Step step;
  Context context(step, 17);
  context.set_call(bench.test.options.call);
  context.run(*copy, bench.refs());
  Step original_step;
  Context original(original_step, 17);
  original.set_call(bench.test.options.call);
  original.run(bench.layer, bench.refs());
  for (std::size_t k = 0; k < trial.outputs.size(); ++k)
    CHECK(same_bits(context.output(k), original.output(k)));
}

}  // namespace

void check_layers(const std::vector<LayerCase>& cases) {
  for (const LayerCase& test : cases) {
    CAPTURE(test.name);
    Bench bench(test);
    const Trial trial = bench.run(1);
    check_shapes(bench, trial);
    check_gradients(bench, trial);
    check_two_calls(bench, trial);
    check_threads(bench);
    check_config(bench, trial);
  }
}

Tensor noise(const Shape& shape, std::uint64_t seed, double low, double high) {
  Tensor tensor = empty(shape);
  Random(seed).fill_uniform(tensor.data(), tensor.size(), low, high);
  return tensor;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(real)) == 0);
}

void check_close(const Tensor& actual, const Tensor& expected, double rtol, double atol) {
  REQUIRE(shape_of(actual) == shape_of(expected));
  double largest = 0, difference = 0;
  bool finite = true;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto a = static_cast<double>(actual.flat(i)), e = static_cast<double>(expected.flat(i));
    finite = finite && std::isfinite(a);
    largest = std::max(largest, std::abs(e));
    difference = std::max(difference, std::abs(a - e));
  }
  CHECK(finite);
  CHECK(difference <= atol + rtol * largest);
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
