#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/normalization/batch_normalization.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::noise;

TEST_CASE("BatchNormalization") {
  testing::check_layers({
      {"dense", BatchNormalization(), {{6, 5}}},
      {"dense, training", BatchNormalization(), {{6, 5}}, {.training = true}},
      {"images", BatchNormalization(), {{2, 3, 4, 5}}},
      {"images, training", BatchNormalization(), {{2, 3, 4, 5}}, {.training = true}},
      {"channels first", BatchNormalization({.axis = 1}), {{2, 3, 4, 5}}, {.training = true}},
      {"middle axis, inference", BatchNormalization({.axis = -2}), {{2, 3, 4, 5}}},
      {"no scale", BatchNormalization({.scale = false}), {{4, 3, 2}}, {.training = true}},
      {"no center", BatchNormalization({.center = false}), {{4, 3, 2}}, {.training = true}},
      {"neither", BatchNormalization({.center = false, .scale = false}), {{4, 3}}},
      {"options",
       BatchNormalization({.momentum = 0.9, .epsilon = 0.1, .synchronized = true}),
       {{4, 3}},
       {.training = true}},
      {"frozen", BatchNormalization({}, {.trainable = false}), {{4, 3}}, {.training = true}},
      {"no rows", BatchNormalization(), {{0, 3}}},
      {"renorm, inference", BatchNormalization({.renorm = true}), {{4, 3}}},
      // Gradients take the corrections for constants; these bounds make them so.
      {"renorm, training",
       BatchNormalization(
           {.renorm = true,
            .renorm_clipping = RenormClipping{{"rmin", 1.5}, {"rmax", 1.5}, {"dmax", 0}}}),
       {{6, 3}},
       {.training = true}},
      {"renorm, neither",
       BatchNormalization({.center = false,
                           .scale = false,
                           .renorm = true,
                           .renorm_clipping = RenormClipping{{"rmax", 0.25}, {"dmax", 0}}}),
       {{2, 3, 4, 5}},
       {.training = true}},
  });
}

TEST_CASE("BatchNormalization's averages follow in training, when it is not frozen") {
  const BatchNormalization layer({.momentum = 0.75});
  const Tensor x = noise({50, 2}, 3);
  const auto train = [&] {
    Step step{.training = true};
    Context context(step), second(step);
    context.run(*layer, x);
    second.run(*layer, x);
    CHECK(layer->own_weights()[2].value()(0) == 0);  // not before the step is over
    step.commit();
  };
  layer->build({{50, 2}});
  layer->set_trainable(false);
  train();
  CHECK(layer->own_weights()[2].value()(0) == 0);
  layer->set_trainable(true);
  train();
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < 50; ++i) mean += double{x(i, 0)} / 50;
  for (std::size_t i = 0; i < 50; ++i) variance += std::pow(double{x(i, 0)} - mean, 2) / 50;
  // Both calls of the step count: 1 - 0.75^2.
  CHECK(layer->own_weights()[2].value()(0) == doctest::Approx(mean * 0.4375));
  CHECK(layer->own_weights()[3].value()(0) == doctest::Approx(0.5625 + variance * 0.4375));
}

TEST_CASE("batch renormalization") {
  const BatchNormalization layer(
      {.momentum = 0.75,
       .epsilon = 0.01,
       .renorm = true,
       .renorm_clipping = RenormClipping{{"rmax", 2}, {"rmin", 0.5}, {"dmax", 0.25}},
       .renorm_momentum = 0.5});
  CHECK(layer->get_config()["renorm_clipping"].dump() == R"({"rmax":2,"rmin":0.5,"dmax":0.25})");
  layer->build({{20, 3}});
  auto& weights = layer->own_weights();
  std::vector<std::string> names;
  for (const Parameter& weight : weights) names.push_back(weight.name());
  CHECK(names == std::vector<std::string>{"gamma", "beta", "moving_mean", "moving_variance",
                                          "moving_stddev", "renorm_mean", "renorm_stddev"});
  const Tensor gamma = {2, 0.5, 1}, beta = {1, 0, -1}, renorm_mean = {0, real(0.1), 3},
               renorm_stddev = {real(0.05), 1, real(0.8)};
  weights[0].assign(gamma);
  weights[1].assign(beta);
  weights[5].assign(renorm_mean);
  weights[6].assign(renorm_stddev);
  const Tensor x = noise({20, 3}, 3);
  Step step{.training = true};
  Context context(step);
  const Tensor y = context.run(*layer, x);
  step.commit();
  for (std::size_t c = 0; c < 3; ++c) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < 20; ++i) mean += double{x(i, c)} / 20;
    for (std::size_t i = 0; i < 20; ++i) variance += std::pow(double{x(i, c)} - mean, 2) / 20;
    const double stddev = std::sqrt(variance + 0.01);
    const double average = std::max(double{renorm_stddev(c)}, 0.1);
    const double r = std::min(std::max(stddev / average, 0.5), 2.0);
    const double d = std::min(std::max((mean - double{renorm_mean(c)}) / average, -0.25), 0.25);
    for (std::size_t i = 0; i < 20; ++i) {
      const double normal = (double{x(i, c)} - mean) / stddev;
      CHECK(double{y(i, c)} ==
            doctest::Approx((normal * r + d) * double{gamma(c)} + double{beta(c)}).epsilon(1e-5));
    }
    const double moving = 0.75 + 0.25 * stddev;
    CHECK(double{weights[2].value()(c)} == doctest::Approx(0.25 * mean));
    CHECK(double{weights[3].value()(c)} == doctest::Approx(moving * moving - 0.01));
    CHECK(double{weights[4].value()(c)} == doctest::Approx(moving));
    CHECK(double{weights[5].value()(c)} == doctest::Approx(0.5 * (double{renorm_mean(c)} + mean)));
    CHECK(double{weights[6].value()(c)} ==
          doctest::Approx(0.5 * (double{renorm_stddev(c)} + stddev)));
  }
}

TEST_CASE("BatchNormalization takes its statistics from what is not masked") {
  const BatchNormalization layer;
  layer->build({{2, 3, 2}});
  Tensor mask = full({2, 3}, 1);
  mask(0, 2) = mask(1, 0) = 0;
  const Tensor dy = noise({2, 3, 2}, 4);
  const auto forward = [&](const Tensor& input, Tensor* gradient) {
    Step step{.training = true, .backward = gradient != nullptr};
    Context context(step);
    context.set_masks({&mask});
    const Tensor y = context.run(*layer, input);
    CHECK(testing::same_bits(*context.output_mask(), mask));
    if (gradient) *gradient = context.run_backward(dy);
    return y;
  };
  Tensor x = noise({2, 3, 2}, 3), dx;
  const Tensor y = forward(x, &dx);
  for (std::size_t c = 0; c < 2; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 3; ++j) sum += double{mask(i, j) * y(i, j, c)};
    CHECK(sum == doctest::Approx(0).epsilon(1e-5));
  }
  if (sizeof(real) == 4) return;
  const auto loss = [&] {
    const Tensor output = forward(x, nullptr);
    double sum = 0;
    for (std::size_t i = 0; i < output.size(); ++i) sum += double{output.data()[i] * dy.data()[i]};
    return sum;
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    const real kept = x.data()[i];
    x.data()[i] = kept + static_cast<real>(1e-6);
    const double up = loss();
    x.data()[i] = kept - static_cast<real>(1e-6);
    const double down = loss();
    x.data()[i] = kept;
    CHECK(double{dx.data()[i]} == doctest::Approx((up - down) / 2e-6).epsilon(1e-6));
  }
}

TEST_CASE("BatchNormalization reads and writes Keras's config") {
  const Json config = BatchNormalization({}, {.name = "bn"})->get_config();
  std::vector<std::string> keys;
  for (const auto& [key, value] : config.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"name",
                                         "trainable",
                                         "dtype",
                                         "axis",
                                         "momentum",
                                         "epsilon",
                                         "center",
                                         "scale",
                                         "beta_initializer",
                                         "gamma_initializer",
                                         "moving_mean_initializer",
                                         "moving_variance_initializer",
                                         "beta_regularizer",
                                         "gamma_regularizer",
                                         "beta_constraint",
                                         "gamma_constraint",
                                         "synchronized",
                                         "renorm",
                                         "renorm_clipping",
                                         "renorm_momentum"});
  CHECK(BatchNormalizationLayer::from_config({{"axis", {3}}})->options().axis == 3);
  CHECK_THROWS_WITH_AS(BatchNormalizationLayer::from_config({{"name", "bn"}, {"axis", {1, 2}}}),
                       "Layer 'bn' (BatchNormalization): `axis` must be one axis. Received: "
                       "axis=(1, 2)",
                       ValueError);
}

TEST_CASE("BatchNormalization refuses wrong use") {
  CHECK_THROWS_WITH_AS(
      BatchNormalization({.renorm = true, .renorm_clipping = RenormClipping{{"rmix", 1}}},
                         {.name = "bn"}),
      "Layer 'bn' (BatchNormalization): Received invalid keys for `renorm_clipping` argument: "
      "'rmix'. Supported values: ['rmax', 'rmin', 'dmax'].",
      ValueError);
  CHECK_THROWS_WITH_AS(BatchNormalization({.axis = 3}, {.name = "bn"})(zeros({2, 3})),
                       "Layer 'bn' (BatchNormalization): axis 3 is out of bounds for array of "
                       "dimension 2",
                       ShapeError);
  const BatchNormalization layer({}, {.name = "bn"});
  layer(zeros({2, 3}));
  CHECK_THROWS_WITH_AS(layer(zeros({2, 3, 3})),
                       "Input 0 of layer 'bn' (BatchNormalization) is incompatible with the layer: "
                       "expected ndim=2, found ndim=3. Full shape received: (2, 3, 3)",
                       ShapeError);
  Step step{.training = true};
  Context context(step);
  const Tensor x = zeros({2, 3}), mask = full({2, 3}, 1);
  context.set_masks({&mask});
  CHECK_THROWS_WITH_AS(context.run(*layer, x),
                       "Layer 'bn' (BatchNormalization): The mask provided should be one dimension "
                       "less than the inputs. Received: mask.shape=(2, 3), inputs.shape=(2, 3)",
                       ValueError);
}
