#include "check_masked_layers.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../framework/base/parallel.hpp"
#include "../../framework/shaped_by_call.hpp"
#include "../../framework/testing/check_gradients.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {
namespace {

/// One step over a case: outputs, and gradients of the sum of weights * outputs.
struct Trial {
  Tensors outputs;
  Tensors input_gradients;
  Gradients gradients;
};

struct Bench {
  const MaskedCase& masked;
  const LayerCase& test;
  Layer& layer;
  Tensors inputs;
  Tensors weights;  // of the outputs in the sum

  explicit Bench(const MaskedCase& test_case)
      : masked(test_case), test(masked.plain), layer(*test.layer) {
    layer.build(shapes_to_build(layer, test.inputs, test.options.call));
    std::uint64_t seed = std::hash<std::string>{}(test.name);
    for (const Shape& shape : test.inputs) {
      inputs.push_back(noise(shape, seed++, test.options.low, test.options.high));
      if (test.options.integers) {
        for (real& value : inputs.back()) value = std::floor(value);
      }
    }
    for (const auto& [i, input] : masked.given) inputs.at(i) = input;
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

  /// Runs `tested`, which is `layer` or like it, once.
  void run_once(const Layer& tested, Context& once) const {
    std::vector<const Tensor*> masks;
    for (const Tensor& mask : masked.masks) masks.push_back(mask.dimension() ? &mask : nullptr);
    once.set_masks(std::move(masks));
    once.set_call(test.options.call);
    once.run(tested, refs());
  }

  /// `calls` calls in one step; with weights, backward too.
  Trial run(std::size_t calls) const {
    Step step{.training = test.options.training, .backward = !weights.empty(), .seed = 5};
    Context context(step);
    Trial trial;
    for (std::size_t call = 0; call < calls; ++call) {
      // The same id each time: what is random must not differ between the calls.
      Context once(step, 17);
      run_once(layer, once);
      trial.outputs.clear();
      for (const Tensor* output : once.outputs()) trial.outputs.push_back(*output);
      if (!weights.empty()) trial.input_gradients = once.run_backward(weights);
    }
    trial.gradients = std::move(step.gradients);
    return trial;
  }
};

void check_shapes(const Bench& bench, const Trial& trial) {
  const Shapes inferred =
      output_shapes_of_call(bench.layer, bench.test.inputs, bench.test.options.call);
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
  CHECK(output_shapes_of_call(bench.layer, open, bench.test.options.call) == expected);
}

void check_gradients_of(const Bench& bench) {
  if constexpr (sizeof(real) == sizeof(double)) {
    GradientOptions options{.training = bench.test.options.training,
                            .call = bench.test.options.call,
                            .masks = bench.masked.masks,
                            .seed = std::hash<std::string>{}(bench.test.name)};
    for (std::size_t k = 0; k < bench.inputs.size(); ++k) {
      if (bench.test.options.integers || bench.masked.given.contains(k))
        options.constant_inputs.insert(k);
    }
    try {
      check_gradients(bench.test.layer, bench.inputs, options);
    } catch (const std::exception& error) {
      FAIL_CHECK(std::string(error.what()));
    }
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
  copy->build(shapes_to_build(*copy, bench.test.inputs, bench.test.options.call));
  // Built, because a wrapper's config says what the layer within is built for.
  CHECK(copy->get_config().dump() == config.dump());
  const auto weights = bench.layer.weights(), copied = copy->weights();
  REQUIRE(copied.size() == weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(copied[i]->name() == weights[i]->name());
    copied[i]->assign(weights[i]->value());
  }
  Step step;
  Context context(step, 17);
  bench.run_once(*copy, context);
  Step original_step;
  Context original(original_step, 17);
  bench.run_once(bench.layer, original);
  for (std::size_t k = 0; k < trial.outputs.size(); ++k)
    CHECK(same_bits(context.output(k), original.output(k)));
}

}  // namespace

void check_layers(const std::vector<LayerCase>& cases) {
  std::vector<MaskedCase> all;
  for (const LayerCase& test : cases) all.push_back({test});
  check_masked_layers(all);
}

void check_masked_layers(const std::vector<MaskedCase>& cases) {
  for (const MaskedCase& test : cases) {
    CAPTURE(test.plain.name);
    Bench bench(test);
    const Trial trial = bench.run(1);
    check_shapes(bench, trial);
    check_gradients_of(bench);
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
