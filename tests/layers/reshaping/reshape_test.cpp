#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/reshaping/flatten.hpp"
#include "../../../layers/reshaping/permute.hpp"
#include "../../../layers/reshaping/repeat_vector.hpp"
#include "../../../layers/reshaping/reshape.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("layers that reorder") {
  testing::check_layers({
      {"Flatten", Flatten(), {{2, 3, 4, 5}}},
      {"Flatten, channels first", Flatten({.data_format = "channels_first"}), {{2, 3, 4, 5}}},
      {"Flatten, channels first, small", Flatten({.data_format = "channels_first"}), {{2, 3}}},
      {"Flatten a vector", Flatten(), {{2}}},
      {"Flatten nothing", Flatten(), {{0, 3, 4}}},
      {"Reshape", Reshape({.target_shape = {4, 3}}), {{2, 3, 4}}},
      {"Reshape, open", Reshape({.target_shape = {2, -1, 3}}), {{2, 3, 4}}},
      {"Reshape to a scalar each", Reshape(), {{2, 1}}},
      {"Permute", Permute({.dims = {3, 1, 2}}), {{2, 3, 4, 5}}},
      {"Permute nothing", Permute({.dims = {1}}), {{2, 3}}},
      {"RepeatVector", RepeatVector({.n = 3}), {{2, 4}}},
  });
}

TEST_CASE("layers that reorder give the elements in Keras's order") {
  Tensor x = zeros({1, 2, 3});
  for (std::size_t i = 0; i < 6; ++i) x.data()[i] = static_cast<real>(i);
  CHECK(Flatten()(x) == Tensor{{0, 1, 2, 3, 4, 5}});
  CHECK(Flatten({.data_format = "channels_first"})(x) == Tensor{{0, 3, 1, 4, 2, 5}});
  CHECK(Permute({.dims = {2, 1}})(x) == Tensor{{{0, 3}, {1, 4}, {2, 5}}});
  CHECK(RepeatVector({.n = 2})(Tensor{{1, 2}}) == Tensor{{{1, 2}, {1, 2}}});
}

TEST_CASE("layers that reorder infer shapes") {
  const auto shape = [](const LayerHandle& layer, const Shape& input) {
    return layer->compute_output_shapes({input})[0];
  };
  CHECK(shape(Flatten(), {unknown, 3, 4}) == Shape{unknown, 12});
  CHECK(shape(Flatten(), {unknown, unknown, 4}) == Shape{unknown, unknown});
  CHECK(shape(Reshape({.target_shape = {-1, 2}}), {unknown, 3, 4}) == Shape{unknown, 6, 2});
  CHECK(shape(Reshape({.target_shape = {-1, 2}}), {unknown, unknown, 4}) ==
        Shape{unknown, unknown, 2});
}

TEST_CASE("layers that reorder refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(Reshape({.target_shape = {-1, -1}}, {.name = "r"}),
                       "Layer 'r' (Reshape): There must be at most one unknown dimension (-1) in "
                       "target_shape. Received: target_shape=(-1, -1).",
                       ValueError);
  CHECK_THROWS_AS(Reshape({.target_shape = {-2}}), ValueError);
  CHECK_THROWS_WITH_AS(Reshape({.target_shape = {5}}, {.name = "r"})(zeros({2, 6})),
                       "Layer 'r' (Reshape): The total size of the tensor must be unchanged. "
                       "Received: input_shape=(6,), target_shape=(5,)",
                       ShapeError);
  CHECK_THROWS_AS(Reshape({.target_shape = {4, -1}})(zeros({2, 6})), ShapeError);
  CHECK_THROWS_AS(Reshape({.target_shape = {0, -1}})(zeros({2, 6})), ShapeError);
  CHECK_THROWS_WITH_AS(
      Permute({.dims = {1, 3}}, {.name = "p"}),
      "Layer 'p' (Permute): Invalid permutation argument `dims` for Permute Layer. "
      "The set of indices in `dims` must be consecutive and start from 1. "
      "Received dims=(1, 3)",
      ValueError);
  CHECK_THROWS_WITH_AS(Permute({.dims = {2, 1}}, {.name = "p"})(zeros({2, 3})),
                       "Input 0 of layer 'p' (Permute) is incompatible with the layer: expected "
                       "ndim=3, found ndim=2. Full shape received: (2, 3)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(RepeatVector({}, {.name = "v"}),
                       "Layer 'v' (RepeatVector): Expected a positive integer value for `n`, got 0",
                       ValueError);
  CHECK_THROWS_AS(RepeatVector({.n = 2})(zeros({2, 3, 4})), ShapeError);
}
