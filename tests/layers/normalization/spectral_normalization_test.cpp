#include "../../../layers/normalization/spectral_normalization.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/convolutional/conv.hpp"
#include "../../../layers/convolutional/separable_conv.hpp"
#include "../../../layers/core/dense.hpp"
#include "../../../layers/core/embedding.hpp"
#include "../../../training/optimizers/sgd.hpp"
#include "../../../training/sequential.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::filled;
using testing::noise;

namespace {

/// Power iterations from `u` on, in plain loops; gives sigma and leaves u.
double power(const Tensor& matrix, std::size_t columns, int steps, std::vector<double>& u) {
  const std::size_t rows = matrix.size() / columns;
  std::vector<double> v(rows);
  const auto normalize = [](std::vector<double>& x) {
    double sum = 0;
    for (const double value : x) sum += value * value;
    for (double& value : x) value /= std::sqrt(sum);
  };
  const auto at = [&](std::size_t r, std::size_t c) {
    return double{matrix.data()[r * columns + c]};
  };
  for (int step = 0; step < steps; ++step) {
    for (std::size_t r = 0; r < rows; ++r) {
      v[r] = 0;
      for (std::size_t c = 0; c < columns; ++c) v[r] += at(r, c) * u[c];
    }
    normalize(v);
    for (std::size_t c = 0; c < columns; ++c) {
      u[c] = 0;
      for (std::size_t r = 0; r < rows; ++r) u[c] += at(r, c) * v[r];
    }
    normalize(u);
  }
  double sigma = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) sigma += v[r] * at(r, c) * u[c];
  }
  return sigma;
}

}  // namespace

TEST_CASE("SpectralNormalization, in inference, is its layer") {
  testing::check_layers({
      {"dense",
       SpectralNormalization({.layer = Dense({.units = 3, .activation = "tanh"})}),
       {{4, 5}}},
      {"images",
       SpectralNormalization({.layer = Conv2D({.filters = 3, .kernel_size = 2})}),
       {{2, 4, 5, 2}}},
      {"indices",
       SpectralNormalization({.layer = Embedding({.input_dim = 5, .output_dim = 3})}),
       {{2, 4}},
       {.low = 0, .high = 5, .integers = true}},
  });
}

TEST_CASE("SpectralNormalization, in training, divides the kernel by its largest singular value") {
  const Conv2D inner({.filters = 3, .kernel_size = 2, .activation = "tanh"});
  const SpectralNormalization layer({.layer = inner, .power_iterations = 2});
  layer->build({{2, 4, 5, 2}});
  Parameter& kernel = inner->own_weights()[0];
  Parameter& vector_u = layer->own_weights()[0];
  const Tensor before = noise({2, 2, 2, 3}, 1), u = noise({1, 3}, 2);
  kernel.assign(before);
  vector_u.assign(u);
  std::vector<double> expected_u(u.begin(), u.end());
  const double sigma = power(before, 3, 2, expected_u);
  Tensor divided = before;
  for (real& weight : divided) weight = static_cast<real>(double{weight} / sigma);

  const Tensor x = noise({2, 4, 5, 2}, 3), dy = noise({2, 3, 4, 3}, 4);
  Step step{.training = true, .backward = true};
  Context context(step);
  const Tensor y = context.run(*layer, x);
  const Tensor dx = context.run_backward(Tensor(dy));
  CHECK(testing::same_bits(kernel.value(), before));  // not before the step is over
  const Tensor* gradient = step.gradients.find(kernel);
  REQUIRE(gradient);
  const Tensor kernel_gradient = *gradient;
  step.commit();
  testing::check_close(kernel.value(), divided, 1e-5);
  testing::check_close(vector_u.value(),
                       filled({1, 3}, {expected_u[0], expected_u[1], expected_u[2]}), 1e-5);

  // The same as the layer with that kernel.
  kernel.assign(divided);
  Step plain{.backward = true};
  Context alone(plain);
  testing::check_close(y, alone.run(*inner, x), 1e-5);
  testing::check_close(dx, alone.run_backward(Tensor(dy)), 1e-5);
  testing::check_close(kernel_gradient, *plain.gradients.find(kernel), 1e-5);
  testing::check_close(*step.gradients.find(inner->own_weights()[1]),
                       *plain.gradients.find(inner->own_weights()[1]), 1e-5);
}

TEST_CASE("a training step changes the divided kernel") {
  const auto trained = [](double rate) {
    const Dense inner({.units = 3, .use_bias = false});
    Sequential model({Input({4}), SpectralNormalization({.layer = inner})});
    inner->own_weights()[0].assign(noise({4, 3}, 1));
    model.layers()[0]->own_weights()[0].assign(noise({1, 3}, 2));
    model.compile({.optimizer = optimizers::SGD({.learning_rate = rate}), .loss = "mse"});
    model.train_on_batch(noise({5, 4}, 3), noise({5, 3}, 4));
    return inner->own_weights()[0].value();
  };
  const Tensor before = noise({4, 3}, 1), u = noise({1, 3}, 2);
  std::vector<double> vector(u.begin(), u.end());
  const double sigma = power(before, 3, 1, vector);
  Tensor divided = before;
  for (real& weight : divided) weight = static_cast<real>(double{weight} / sigma);
  testing::check_close(trained(0), divided, 1e-5);
  CHECK_FALSE(testing::same_bits(trained(0.5), trained(0)));
}

TEST_CASE("SpectralNormalization leaves a kernel of zeros alone, and what is frozen untrained") {
  const Dense inner({.units = 3, .kernel_initializer = "zeros"}, {.activity_regularizer = "l2"});
  const SpectralNormalization layer({.layer = inner});
  layer->build({{2, 4}});
  const Tensor u = layer->own_weights()[0].value();
  const Tensor x = noise({2, 4}, 3);
  const auto train = [&](Step& step) {
    Context context(step);
    context.run(*layer, x);
    if (step.backward) context.run_backward(full({2, 3}, 1));
    step.commit();
  };
  Step zeros_step{.training = true, .backward = true};
  train(zeros_step);
  CHECK(inner->own_weights()[0].value() == zeros({4, 3}));
  CHECK(testing::same_bits(layer->own_weights()[0].value(), u));

  inner->own_weights()[0].assign(noise({4, 3}, 1));
  layer->set_trainable(false);
  Step frozen{.training = true, .backward = true, .penalties = true};
  train(frozen);
  CHECK_FALSE(frozen.gradients.find(inner->own_weights()[0]));
  CHECK(frozen.penalty > 0);  // the inner layer's
  CHECK_FALSE(testing::same_bits(layer->own_weights()[0].value(), u));
}

TEST_CASE("SpectralNormalization refuses wrong use") {
  CHECK_THROWS_WITH_AS(SpectralNormalization({}, {.name = "s"}),
                       "Layer 's' (SpectralNormalization): Argument `layer` is required",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      SpectralNormalization({.layer = Dense({.units = 3}), .power_iterations = 0}, {.name = "s"}),
      "Layer 's' (SpectralNormalization): `power_iterations` should be greater than zero. "
      "Received: `power_iterations=0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      SpectralNormalization({.layer = SeparableConv2D({.filters = 3, .kernel_size = 2})},
                            {.name = "s"})(zeros({1, 4, 4, 2})),
      "Layer 's' (SpectralNormalization): SeparableConv2D object has no attribute 'kernel' nor "
      "'embeddings'",
      ValueError);
}
