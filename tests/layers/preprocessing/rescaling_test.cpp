#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/extent.hpp"
#include "../../../framework/input_layer.hpp"
#include "../../../layers/preprocessing/normalization.hpp"
#include "../../../layers/preprocessing/rescaling.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("layers that rescale") {
  testing::check_layers({
      {"Rescaling", Rescaling({.scale = 1 / 255.0}), {{2, 3, 4}}},
      {"Rescaling, offset", Rescaling({.scale = 2, .offset = -1}), {{2, 3}}},
      {"Rescaling, lists",
       Rescaling({.scale = {0.5, 0.1, 2.0}, .offset = {1, 0, -1}}),
       {{2, 2, 2, 3}}},
      {"Normalization", Normalization(), {{4, 2, 3}}},
      {"Normalization, axes", Normalization({.axis = {1, -1}}), {{4, 2, 5, 3}}},
      {"Normalization, axis 1", Normalization({.axis = 1}), {{4, 2, 5}}},
      {"Normalization, no axis", Normalization({.axis = Axes()}), {{4, 2}}},
      {"Normalization, given",
       Normalization({.mean = Numbers{0.1, 0.2, 0.3}, .variance = Numbers{1, 2, 0.5}}),
       {{4, 3}}},
      {"Normalization, inverted",
       Normalization({.axis = Axes(), .mean = 0.5, .variance = 2.0, .invert = true}),
       {{4, 3}}},
  });
}

TEST_CASE("Rescaling follows the image data format for lists") {
  set_image_data_format("channels_first");
  const Rescaling layer({.scale = {1, 10}});
  set_image_data_format("channels_last");
  CHECK(layer(full({1, 2, 1, 2}, 1)) == Tensor{{{{1, 1}}, {{10, 10}}}});
}

TEST_CASE("Rescaling writes numbers as it was given them") {
  const Json config = Rescaling({.scale = {2, 0.5}, .offset = 1}, {.name = "r"})->get_config();
  CHECK(config["scale"].dump() == "[2,0.5]");
  CHECK(config["offset"].dump() == "1");
  CHECK(Rescaling()->get_config()["offset"].dump() == "0.0");
}

TEST_CASE("Normalization adapts to data") {
  const Normalization layer;
  const Tensor data = testing::noise({40, 5, 3}, 1, 2, 9);
  layer->adapt(data);
  const Tensor y = layer(data);
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < 200; ++i) {
      const double value{y.data()[i * 3 + c]};
      sum += value;
      squares += value * value;
    }
    CHECK(std::abs(sum / 200) < 1e-5);
    CHECK(squares / 200 == doctest::Approx(1).epsilon(1e-5));
  }
  const auto& weights = layer->own_weights();
  CHECK(weights[0].name() == "mean");
  CHECK(weights[1].name() == "variance");
  CHECK(weights[2].name() == "count");
  CHECK(weights[2].dtype() == "int32");
  CHECK(weights[2].value()() == 200);
  const Normalization back({.mean = Numbers{1, 2}, .variance = Numbers{4, 9}, .invert = true});
  CHECK(back(Tensor{{1, 1}}) == Tensor{{3, 5}});
  // A feature that never varies is not divided by zero.
  const Normalization still({.mean = 1, .variance = 0});
  CHECK(still(full({1, 1}, 1)) == full({1, 1}, 0));
}

TEST_CASE("layers that rescale refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(Normalization({.mean = 1}, {.name = "n"}),
                       "Layer 'n' (Normalization): When setting values directly, both `mean` and "
                       "`variance` must be set. Received: mean=1 and variance=None",
                       ValueError);
  CHECK_THROWS_WITH_AS(Normalization({.axis = 2}, {.name = "n"})(zeros({2, 3})),
                       "Layer 'n' (Normalization): All `axis` values must be in the range [-ndim, "
                       "ndim). Received inputs with ndim=2, axis=(2,)",
                       ValueError);
  CHECK_THROWS_WITH_AS(Normalization({}, {.name = "n"})(Input({unknown})),
                       "Layer 'n' (Normalization): All `axis` values to be kept must have a known "
                       "shape. Received axis=(-1,), inputs.shape=(None, None), with unknown axis "
                       "at index 1",
                       ValueError);
  CHECK_THROWS_AS(Normalization({.mean = 1, .variance = 1})->adapt(zeros({2, 3})), ValueError);
  CHECK_THROWS_AS(Rescaling({.scale = {1, 2}})(zeros({2, 3})), ShapeError);
}
