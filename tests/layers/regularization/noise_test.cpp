#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/regularization/activity_regularization.hpp"
#include "../../../layers/regularization/noise.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

namespace {

struct Moments {
  double mean, variance;
};

Moments moments(const Tensor& x) {
  double sum = 0, squares = 0;
  for (const real value : x) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(x.size());
  for (const real value : x) squares += std::pow(static_cast<double>(value) - mean, 2);
  return {mean, squares / static_cast<double>(x.size())};
}

Tensor trained(const LayerHandle& layer, const Tensor& x) {
  layer->build({shape_of(x)});
  Step step{.training = true, .seed = 3};
  Context context(step);
  return context.run(*layer, x);
}

}  // namespace

TEST_CASE("the noise layers") {
  testing::check_layers({
      {"GaussianNoise", GaussianNoise({.stddev = 0.3, .seed = 1}), {{3, 4}}, {.training = true}},
      {"GaussianNoise, inference", GaussianNoise({.stddev = 0.3}), {{3, 4}}},
      {"GaussianDropout", GaussianDropout({.rate = 0.3, .seed = 1}), {{3, 4}}, {.training = true}},
      {"GaussianDropout, inference", GaussianDropout({.rate = 0.3}), {{3, 4}}},
      {"AlphaDropout", AlphaDropout({.rate = 0.3, .seed = 1}), {{3, 4}}, {.training = true}},
      {"AlphaDropout, noise shape",
       AlphaDropout({.rate = 0.3, .seed = 1, .noise_shape = Shape{unknown, 1}}),
       {{3, 4}},
       {.training = true}},
      {"AlphaDropout, inference", AlphaDropout({.rate = 0.3}), {{3, 4}}},
      {"ActivityRegularization", ActivityRegularization({.l1 = 0.1, .l2 = 0.2}), {{3, 4}}},
  });
}

TEST_CASE("the noise layers have the moments that define them") {
  const Moments added = moments(trained(GaussianNoise({.stddev = 0.5, .seed = 1}), zeros({20000})));
  CHECK(std::abs(added.mean) < 0.02);
  CHECK(added.variance == doctest::Approx(0.25).epsilon(0.05));
  const Moments factors =
      moments(trained(GaussianDropout({.rate = 0.2, .seed = 1}), full({20000}, 1)));
  CHECK(factors.mean == doctest::Approx(1).epsilon(0.02));
  CHECK(factors.variance == doctest::Approx(0.25).epsilon(0.05));
  Tensor x = empty({20000});
  Random(4).fill_normal(x.data(), x.size(), 0, 1);
  const Moments kept = moments(trained(AlphaDropout({.rate = 0.3, .seed = 1}), x));
  CHECK(std::abs(kept.mean) < 0.04);
  CHECK(kept.variance == doctest::Approx(1).epsilon(0.05));
}

TEST_CASE("ActivityRegularization penalises what passes, divided by the batch size") {
  const ActivityRegularization layer({.l1 = 0.5, .l2 = 2}, {.name = "a"});
  const Tensor x = {{1, -2}, {0, 3}};
  Step step{.backward = true, .penalties = true};
  Context context(step);
  CHECK(context.run(*layer, x) == x);
  CHECK(step.penalty == doctest::Approx((0.5 * 6 + 2 * 14) / 2));
  const Tensor dx = context.run_backward(zeros({2, 2}));
  CHECK(dx(0, 0) == doctest::Approx((0.5 + 4) / 2));
  CHECK(dx(0, 1) == doctest::Approx((-0.5 - 8) / 2));
  const Json config = layer->get_config();
  CHECK_FALSE(config.contains("activity_regularizer"));
  CHECK(config["l2"] == 2);
}

TEST_CASE("the noise layers refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(GaussianNoise({.stddev = 1.5}, {.name = "n"}),
                       "Layer 'n' (GaussianNoise): Invalid value received for argument `stddev`. "
                       "Expected a float value between 0 and 1. Received: stddev=1.5",
                       ValueError);
  CHECK_THROWS_AS(GaussianDropout({.rate = -1}), ValueError);
  CHECK_THROWS_WITH_AS(AlphaDropout({.rate = 1}, {.name = "n"}),
                       "Layer 'n' (AlphaDropout): `rate` must be below 1. Received: rate=1",
                       ValueError);
}
