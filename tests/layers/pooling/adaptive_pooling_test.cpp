#include "../../../layers/pooling/adaptive_pooling.hpp"

#include <doctest/doctest.h>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("Adaptive pooling") {
  const char* first = "channels_first";
  check_layers({
      {"max", AdaptiveMaxPooling2D({.output_size = {3, 2}}), {{2, 7, 5, 3}}},
      {"max first", AdaptiveMaxPooling2D({.output_size = 2, .data_format = first}), {{2, 3, 5, 6}}},
      {"mean", AdaptiveAveragePooling2D({.output_size = {3, 2}}), {{2, 7, 5, 3}}},
      {"mean larger", AdaptiveAveragePooling2D({.output_size = 4}), {{2, 3, 2, 3}}},
      {"max series", AdaptiveMaxPooling1D({.output_size = 3}), {{2, 8, 3}}},
      {"mean series first",
       AdaptiveAveragePooling1D({.output_size = 3, .data_format = first}),
       {{2, 2, 8}}},
      {"max volume", AdaptiveMaxPooling3D({.output_size = {1, 2, 3}}), {{2, 3, 4, 5, 2}}},
      {"mean volume", AdaptiveAveragePooling3D({.output_size = 2}), {{2, 3, 4, 5, 2}}},
      {"no images", AdaptiveMaxPooling2D({.output_size = 2}), {{0, 4, 4, 2}}},
  });
  // Windows overlap where the sizes do not divide: 0 to 1, 1 to 3, 3 to 4.
  const Tensor x = filled({1, 5, 1}, {1, 2, 3, 4, 5});
  CHECK(AdaptiveAveragePooling1D({.output_size = 3})(x) == filled({1, 3, 1}, {1.5, 3, 4.5}));
  CHECK(AdaptiveMaxPooling1D({.output_size = 3})(x) == filled({1, 3, 1}, {2, 4, 5}));
}

TEST_CASE("Adaptive pooling refuses") {
  const LayerOptions name{.name = "a"};
  CHECK_THROWS_WITH_AS(AdaptiveMaxPooling2D({}, name),
                       "Layer 'a' (AdaptiveMaxPooling2D): The `output_size` "
                       "argument must be a tuple of 2 "
                       "integers. Received output_size=(0, 0), including "
                       "values {0} that do not satisfy `value > "
                       "0`",
                       ValueError);
  CHECK_THROWS_WITH_AS(AdaptiveMaxPooling1D({.output_size = 2}, name)(zeros({1, 0, 3})),
                       "Layer 'a' (AdaptiveMaxPooling1D): Input spatial dimensions must be at "
                       "least 1. Received: inputs.shape=(1, 0, 3)",
                       ShapeError);
  CHECK_THROWS_AS(AdaptiveMaxPooling1D({.output_size = 2}, name)(zeros({1, 3})), ShapeError);
}
