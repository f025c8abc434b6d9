#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/input_layer.hpp"
#include "../../../layers/normalization/group_normalization.hpp"
#include "../../../layers/normalization/layer_normalization.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("normalization within an example") {
  testing::check_layers({
      {"LayerNormalization", LayerNormalization(), {{3, 4, 5}}},
      {"LayerNormalization, axis 1", LayerNormalization({.axis = 1}), {{3, 4, 5}}},
      {"LayerNormalization, axes", LayerNormalization({.axis = {1, 2}}), {{3, 4, 5}}},
      {"LayerNormalization, axes apart", LayerNormalization({.axis = {1, 3}}), {{2, 3, 4, 2}}},
      {"LayerNormalization, rms", LayerNormalization({.rms_scaling = true}), {{3, 4, 5}}},
      {"LayerNormalization, bare",
       LayerNormalization({.epsilon = 0.1, .center = false, .scale = false}),
       {{3, 5}}},
      {"LayerNormalization, beta only", LayerNormalization({.scale = false}), {{3, 5}}},
      {"RMSNormalization", RMSNormalization(), {{3, 4, 5}}},
      {"RMSNormalization, axis", RMSNormalization({.axis = 1, .epsilon = 0.1}), {{3, 4, 5}}},
      {"UnitNormalization", UnitNormalization(), {{3, 4, 5}}},
      {"UnitNormalization, axes", UnitNormalization({.axis = {1, 2}}), {{3, 4, 5}}},
      {"GroupNormalization", GroupNormalization({.groups = 2}), {{2, 3, 3, 4}}},
      {"GroupNormalization, one", GroupNormalization({.groups = 1}), {{2, 3, 4}}},
      {"GroupNormalization, instance", GroupNormalization({.groups = -1}), {{2, 3, 4}}},
      {"GroupNormalization, axis 1", GroupNormalization({.groups = 2, .axis = 1}), {{2, 4, 3, 2}}},
      {"GroupNormalization, dense",
       GroupNormalization({.groups = 3, .center = false, .scale = false}),
       {{4, 6}}},
      {"no examples", GroupNormalization({.groups = 2}), {{0, 3, 4}}},
  });
}

TEST_CASE("UnitNormalization leaves zeros be") {
  const UnitNormalization layer;
  const Tensor x = zeros({1, 3});
  Step step{.backward = true};
  Context context(step);
  CHECK(context.run(*layer, x) == x);
  CHECK(context.run_backward(full({1, 3}, 1))(0, 0) == doctest::Approx(1e6));
}

TEST_CASE("normalization writes its axes as Keras does") {
  CHECK(LayerNormalization()->get_config()["axis"] == Json({-1}));
  CHECK(RMSNormalization()->get_config()["axis"] == Json({-1}));
  CHECK(UnitNormalization()->get_config()["axis"] == -1);
  CHECK(GroupNormalization()->get_config()["axis"] == -1);
}

TEST_CASE("normalization refuses wrong use in Keras's words") {
  const auto group = [](GroupNormalizationOptions options) {
    return GroupNormalization(std::move(options), {.name = "g"})(zeros({2, 6}));
  };
  CHECK_THROWS_WITH_AS(group({.groups = 8}),
                       "Layer 'g' (GroupNormalization): Number of groups (8) cannot be more than "
                       "the number of channels (6).",
                       ValueError);
  CHECK_THROWS_WITH_AS(group({.groups = 4}),
                       "Layer 'g' (GroupNormalization): Number of groups (4) must be a multiple of "
                       "the number of channels (6).",
                       ValueError);
  CHECK_THROWS_AS(group({.groups = 0}), ValueError);
  CHECK_THROWS_AS(group({.groups = 2, .axis = 0}), ValueError);
  CHECK_THROWS_WITH_AS(GroupNormalization({}, {.name = "g"})(Input({unknown})),
                       "Layer 'g' (GroupNormalization): Axis -1 of input tensor should have a "
                       "defined dimension but the layer received an input with shape (None, None).",
                       ValueError);
  CHECK_THROWS_WITH_AS(LayerNormalization({.axis = 2}, {.name = "l"})(zeros({2, 6})),
                       "Layer 'l' (LayerNormalization): axis 2 is out of bounds for array of "
                       "dimension 2",
                       ShapeError);
}
