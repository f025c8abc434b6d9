#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/regularization/dropout.hpp"
#include "../../../layers/regularization/spatial_dropout.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

namespace {

Tensor trained(const LayerHandle& layer, const Tensor& x, std::uint64_t index = 0) {
  layer->build({shape_of(x)});
  Step step{.training = true, .seed = 3, .index = index};
  Context context(step);
  return context.run(*layer, x);
}

}  // namespace

TEST_CASE("the dropout layers") {
  testing::check_layers({
      {"Dropout", Dropout({.rate = 0.4, .seed = 7}), {{3, 4, 5}}},
      {"Dropout, training", Dropout({.rate = 0.4, .seed = 7}), {{3, 4, 5}}, {.training = true}},
      {"Dropout, noise shape",
       Dropout({.rate = 0.4, .seed = 7, .noise_shape = Shape{unknown, 1, 5}}),
       {{3, 4, 5}},
       {.training = true}},
      {"Dropout of nothing", Dropout(), {{3, 4}}, {.training = true}},
      {"Dropout of all", Dropout({.rate = 1}), {{3, 4}}, {.training = true}},
      {"1D", SpatialDropout1D({.rate = 0.5, .seed = 7}), {{3, 4, 5}}, {.training = true}},
      {"2D", SpatialDropout2D({.rate = 0.5, .seed = 7}), {{3, 4, 2, 5}}, {.training = true}},
      {"2D, channels first",
       SpatialDropout2D({.rate = 0.5, .seed = 7, .data_format = "channels_first"}),
       {{3, 5, 4, 2}},
       {.training = true}},
      {"3D", SpatialDropout3D({.rate = 0.5, .seed = 7}), {{2, 2, 3, 2, 5}}, {.training = true}},
  });
}

TEST_CASE("Dropout drops its share and keeps the mean") {
  const Tensor x = full({100, 100}, 1);
  const Tensor y = trained(Dropout({.rate = 0.3, .seed = 1}), x);
  std::size_t dropped = 0;
  for (const real value : y) {
    if (value == 0) {
      ++dropped;
    } else {
      CHECK(value == doctest::Approx(1 / 0.7));
    }
  }
  // Five standard deviations.
  CHECK(std::abs(static_cast<double>(dropped) - 3000) < 5 * std::sqrt(10000 * 0.3 * 0.7));
  CHECK(testing::same_bits(trained(Dropout({.rate = 0.3, .seed = 1}), x), y));
  CHECK_FALSE(testing::same_bits(trained(Dropout({.rate = 0.3, .seed = 2}), x), y));
  CHECK_FALSE(testing::same_bits(trained(Dropout({.rate = 0.3, .seed = 1}), x, 1), y));
  CHECK_FALSE(
      testing::same_bits(trained(Dropout({.rate = 0.3}), x), trained(Dropout({.rate = 0.3}), x)));
}

TEST_CASE("spatial dropout drops whole channels") {
  const Tensor y = trained(SpatialDropout2D({.rate = 0.5, .seed = 1}), full({8, 3, 3, 6}, 1));
  std::size_t dropped = 0;
  for (std::size_t b = 0; b < 8; ++b)
    for (std::size_t c = 0; c < 6; ++c) {
      for (std::size_t i = 0; i < 9; ++i) CHECK(y(b, i / 3, i % 3, c) == y(b, 0, 0, c));
      if (y(b, 0, 0, c) == 0) ++dropped;
    }
  CHECK(dropped > 10);
  CHECK(dropped < 38);
}

TEST_CASE("the dropout layers have Keras's configs") {
  CHECK(SpatialDropout2D({.rate = 0.3, .seed = 7}, {.name = "s"})->get_config().dump() ==
        R"({"rate":0.3,"seed":7,"name":"s","dtype":"float32","data_format":"channels_last"})");
  CHECK(SpatialDropout1D({.rate = 0.3}, {.name = "s"})->get_config().dump() ==
        R"({"rate":0.3,"seed":null,"name":"s","dtype":"float32"})");
  const Json config = Dropout({.rate = 0.3, .noise_shape = Shape{unknown, 1}})->get_config();
  CHECK(config["seed"].is_null());
  CHECK(config["noise_shape"].dump() == "[null,1]");
}

TEST_CASE("the dropout layers refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(Dropout({.rate = 1.5}, {.name = "d"}),
                       "Layer 'd' (Dropout): Invalid value received for argument `rate`. Expected "
                       "a float value between 0 and 1. Received: rate=1.5",
                       ValueError);
  CHECK_THROWS_AS(Dropout({.rate = -0.1}), ValueError);
  CHECK_THROWS_AS(Dropout({.rate = std::nan("")}), ValueError);
  CHECK_THROWS_AS(SpatialDropout2D({.rate = 2}), ValueError);
  CHECK_THROWS_WITH_AS(
      Dropout({.rate = 0.5, .noise_shape = Shape{0, 2}}, {.name = "d"}),
      "Layer 'd' (Dropout): Invalid value received for argument `noise_shape`. Expected a tuple or "
      "list of positive integers or None. Received: noise_shape=(0, 2)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      trained(Dropout({.rate = 0.5, .noise_shape = Shape{2, 2}}, {.name = "d"}), zeros({2, 3})),
      "Layer 'd' (Dropout): `noise_shape` cannot be broadcast to the input. Received: "
      "noise_shape=(2, 2), input shape=(2, 3)",
      ShapeError);
  CHECK_THROWS_WITH_AS(trained(SpatialDropout2D({}, {.name = "s"}), zeros({2, 3, 4})),
                       "Input 0 of layer 's' (SpatialDropout2D) is incompatible with the layer: "
                       "expected ndim=4, found ndim=3. Full shape received: (2, 3, 4)",
                       ShapeError);
}
