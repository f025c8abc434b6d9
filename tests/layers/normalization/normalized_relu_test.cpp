// BatchNormalization with a relu behind it, which a training step computes together.
#include <doctest/doctest.h>

#include "../../../framework/base/parallel.hpp"
#include "../../../framework/function.hpp"
#include "../../../framework/input_layer.hpp"
#include "../../../layers/activations/activation.hpp"
#include "../../../layers/activations/rectifiers.hpp"
#include "../../../layers/core/masking.hpp"
#include "../../../layers/merging/elementwise.hpp"
#include "../../../layers/normalization/batch_normalization.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::check_close;
using testing::noise;

namespace {

struct Result {
  Tensor y, dx = {};
  Tensors gradients = {};
  Tensors updates = {};
};

void collect(Result& result, const Step& step, const BatchNormalizationLayer& layer) {
  for (Parameter& parameter : layer.own_weights()) {
    if (const Tensor* gradient = step.gradients.find(parameter))
      result.gradients.push_back(*gradient);
    const auto update = step.updates.find(&parameter);
    if (update != step.updates.end()) result.updates.push_back(update->second);
  }
}

/// In a graph, where the two are one.
Result together(const Function& function, const BatchNormalizationLayer& layer, const Tensor& x,
                const Tensor& dy, bool training) {
  Step step{.training = training, .backward = true};
  Context context(step);
  Result result{context.run(function, x)};
  result.dx = context.run_backward(dy);
  collect(result, step, layer);
  return result;
}

/// Call by call.
Result apart(const BatchNormalizationLayer& layer, const Layer& relu, const Tensor& x,
             const Tensor& dy, bool training) {
  Step step{.training = training, .backward = true};
  Context first(step), second(step);
  Result result{second.run(relu, first.run(layer, x))};
  result.dx = first.run_backward(second.run_backward(dy));
  collect(result, step, layer);
  return result;
}

void check_same(const Result& actual, const Result& expected) {
  const double tolerance = sizeof(real) == 4 ? 2e-6 : 1e-13;
  check_close(actual.y, expected.y, tolerance);
  check_close(actual.dx, expected.dx, tolerance);
  REQUIRE(actual.gradients.size() == expected.gradients.size());
  for (std::size_t i = 0; i < actual.gradients.size(); ++i)
    check_close(actual.gradients[i], expected.gradients[i], tolerance);
  REQUIRE(actual.updates.size() == expected.updates.size());
  for (std::size_t i = 0; i < actual.updates.size(); ++i)
    CHECK(testing::same_bits(actual.updates[i], expected.updates[i]));
}

void check_pair(const BatchNormalization& layer, const LayerHandle& relu, const Shape& shape) {
  Shape open = shape;
  open[0] = unknown;
  const SymbolicTensor input = Input({}, {.batch_shape = open});
  const Function function({input}, {relu(layer(input))});
  CHECK(function.call_list().calls[1].applied);
  std::uint64_t seed = 3;
  for (Parameter& parameter : layer->own_weights())
    parameter.assign(noise(shape_of(parameter.value()), seed++, 0.5, 2));
  const Tensor x = noise(shape, 1), dy = noise(shape, 2);
  const int threads = num_threads();
  for (const bool training : {true, false}) {
    CAPTURE(training);
    const Result expected = apart(*layer, *relu, x, dy, training);
    const Result actual = together(function, *layer, x, dy, training);
    check_same(actual, expected);
    for (const int count : {1, 2, 7}) {
      set_num_threads(count);
      const Result again = together(function, *layer, x, dy, training);
      CHECK(testing::same_bits(again.y, actual.y));
      CHECK(testing::same_bits(again.dx, actual.dx));
    }
    set_num_threads(threads);
  }
}

}  // namespace

TEST_CASE("BatchNormalization and relu in one pass are what they are apart") {
  const Activation relu({.activation = "relu"});
  const ReLU relu6({.max_value = 6});
  check_pair(BatchNormalization(), relu, {6, 5});
  check_pair(BatchNormalization(), relu6, {2, 3, 4, 5});
  check_pair(BatchNormalization({.axis = 1}), relu, {2, 3, 4, 5});
  check_pair(BatchNormalization({.scale = false}), relu6, {40, 17});
  check_pair(BatchNormalization({.center = false}), relu, {1000, 64});
  check_pair(BatchNormalization({}, {.trainable = false}), relu6, {9, 24});
  check_pair(BatchNormalization(), Activation({.activation = "relu6"}), {3000, 3});
  check_pair(BatchNormalization(), relu, {0, 3});
}

TEST_CASE("BatchNormalization and relu with a mask are what they are apart") {
  const SymbolicTensor input = Input({4, 3});
  const BatchNormalization layer;
  const Activation relu({.activation = "relu"});
  const Masking masking({.mask_value = 0});
  const Function function({input}, {relu(layer(masking(input)))});
  CHECK(function.call_list().calls[2].applied);
  Tensor x = noise({3, 4, 3}, 1);
  for (std::size_t c = 0; c < 3; ++c) x(0, 1, c) = x(2, 3, c) = 0;
  const Tensor dy = noise({3, 4, 3}, 2);
  const Result actual = together(function, *layer, x, dy, true);
  Step step{.training = true, .backward = true};
  Context first(step), second(step), third(step);
  const Tensor& masked = first.run(*masking, x);
  second.set_masks({first.output_mask()});
  Result expected{third.run(*relu, second.run(*layer, masked))};
  expected.dx = first.run_backward(second.run_backward(third.run_backward(dy)));
  collect(expected, step, *layer);
  check_same(actual, expected);
}

TEST_CASE("Only a relu that alone reads the normalization is computed with it") {
  const SymbolicTensor input = Input({5});
  const Activation relu({.activation = "relu"});
  const auto applied = [&](const SymbolicTensors& outputs) {
    const Function function({input}, outputs);
    std::size_t count = 0;
    for (const auto& call : function.call_list().calls) count += call.applied;
    return count;
  };
  const SymbolicTensor y = BatchNormalization()(input);
  CHECK(applied({relu(y)}) == 1);
  CHECK(applied({relu(y), y}) == 0);
  CHECK(applied({Add()({relu(y), y})}) == 0);
  CHECK(applied({relu(input)}) == 0);
  CHECK(applied({Activation({.activation = "swish"})(y)}) == 0);
  CHECK(applied({ReLU({.max_value = 3})(y)}) == 0);
  CHECK(applied({LeakyReLU()(y)}) == 0);
  CHECK(applied({Activation({.activation = "relu"}, {.activity_regularizer = "l2"})(y)}) == 0);
  CHECK(applied({relu(BatchNormalization({}, {.activity_regularizer = "l2"})(input))}) == 0);
}
