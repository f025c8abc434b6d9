#include "../../../layers/core/dense.hpp"

#include <doctest/doctest.h>

#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;

TEST_CASE("Dense") {
  check_layers({
      {"dense", Dense({.units = 4}), {{3, 5}}},
      {"dense over three axes", Dense({.units = 2}), {{2, 3, 4}}},
      {"dense without bias", Dense({.units = 3, .use_bias = false}), {{2, 7}}},
      {"dense on an empty batch", Dense({.units = 3}), {{0, 4}}},
  });
}

TEST_CASE("Dense refuses what it cannot work with") {
  CHECK_THROWS_WITH_AS(Dense({.units = 0}, {.name = "d"}),
                       "Layer 'd' (Dense): Received an invalid value for `units`, expected a "
                       "positive integer. Received: units=0",
                       ValueError);
  const Dense dense({.units = 2}, {.name = "d"});
  dense->build({{unknown, 3}});
  CHECK_THROWS_WITH_AS(dense(zeros({2, 4})),
                       "Input 0 of layer 'd' (Dense) is incompatible with the layer: expected axis "
                       "-1 of input shape to have value 3, but received input with shape (2, 4)",
                       ShapeError);
  CHECK_THROWS_AS(dense(zeros({3})), ShapeError);
}
