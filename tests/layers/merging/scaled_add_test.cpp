#include "../../../layers/merging/scaled_add.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/input_layer.hpp"
#include "../../../framework/serialization.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("ScaledAdd") {
  testing::check_layers({
      {"of images", ScaledAdd({.scale = 0.17}), {{2, 3, 4, 5}, {2, 3, 4, 5}}},
      {"broadcast", ScaledAdd({.scale = -2}), {{2, 3, 4}, {2, 1, 4}}},
      {"of nothing", ScaledAdd({.scale = 1}), {{0, 3}, {0, 3}}},
  });
}

TEST_CASE("ScaledAdd is Keras's CustomScaleLayer") {
  const SymbolicTensor a = Input({2}), b = Input({2}), c = Input({2});
  const ScaledAdd layer({.scale = 0.5}, {.name = "s"});
  CHECK_THROWS_WITH_AS(layer({a, b, c}),
                       "Layer 's' (CustomScaleLayer): A `CustomScaleLayer` layer should be called "
                       "on exactly 2 inputs. Received: 3 inputs",
                       ValueError);
  const Json json = serialize(*layer);
  CHECK(json["module"] == "keras.src.applications.inception_resnet_v2");
  CHECK(json["registered_name"] == "CustomScaleLayer");
  CHECK(json["config"]["scale"] == 0.5);
}
