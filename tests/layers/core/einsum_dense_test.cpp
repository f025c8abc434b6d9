#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/core/einsum_dense.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("EinsumDense") {
  testing::check_layers({
      {"dense",
       EinsumDense({.equation = "ab,bc->ac", .output_shape = {4}, .bias_axes = "c"}),
       {{3, 5}}},
      {"ellipsis first",
       EinsumDense({.equation = "...x,xy->...y",
                    .output_shape = {4},
                    .activation = "tanh",
                    .bias_axes = "y"}),
       {{2, 3, 2, 5}}},
      {"ellipsis last",
       EinsumDense({.equation = "ab...,bc->ac...", .output_shape = {4}, .bias_axes = "c"}),
       {{2, 5, 3, 2}}},
      {"heads",
       EinsumDense(
           {.equation = "abc,cde->abde", .output_shape = {unknown, 2, 3}, .bias_axes = "de"}),
       {{2, 3, 4}}},
      {"two axes summed, another order",
       EinsumDense({.equation = "abcd,dbe->aec", .output_shape = {2, 3}}),
       {{2, 4, 3, 5}}},
      {"a shared axis",
       EinsumDense({.equation = "abc,bcd->adb", .output_shape = {2, unknown}, .bias_axes = "b"}),
       {{2, 3, 4}}},
  });
}

TEST_CASE("EinsumDense refuses wrong use in Keras's words") {
  const auto make = [](const std::string& equation, std::optional<std::string> bias = {}) {
    return EinsumDense({.equation = equation, .output_shape = {4}, .bias_axes = bias},
                       {.name = "e"});
  };
  CHECK_THROWS_WITH_AS(
      make("ab,bc"),
      "Layer 'e' (EinsumDense): Invalid einsum equation 'ab,bc'. Equations must be "
      "in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....",
      ValueError);
  CHECK_THROWS_AS(make("...ab,bc->ac"), ValueError);
  CHECK_THROWS_WITH_AS(
      make("ab,bc->ad"),
      "Layer 'e' (EinsumDense): Dimension 'd' was specified in the output 'ad' but "
      "has no corresponding dim in the input spec 'ab' or weight spec 'ad'",
      ValueError);
  CHECK_THROWS_WITH_AS(make("ab,bcd->ac"),
                       "Layer 'e' (EinsumDense): Weight dimension 'd' did not have a match in "
                       "either the input spec 'ab' or the output spec 'ac'. For this layer, the "
                       "weight must be fully specified.",
                       ValueError);
  CHECK_THROWS_WITH_AS(make("ab,bc->ac", "b"),
                       "Layer 'e' (EinsumDense): Bias dimension 'b' was requested, but is not part "
                       "of the output spec 'ac'",
                       ValueError);
  CHECK_THROWS_AS(make("abd,bc->ac"), ValueError);
  CHECK_THROWS_AS(make("aa,ac->ac"), ValueError);
  CHECK_THROWS_AS(make("ab,bc->ac")(zeros({2, 3, 4})), ShapeError);
  CHECK_THROWS_AS(make("abc,cd->abd")(zeros({2, 3, 4})), ShapeError);
  CHECK_THROWS_WITH_AS(
      EinsumDense({.equation = "abc,cd->abd", .output_shape = {5, 4}},
                  {.name = "e"})(zeros({2, 3, 4})),
      "Layer 'e' (EinsumDense): Input shape and output shape do not match at shared dimension "
      "'b'. Input shape is 3, and output shape is 5.",
      ShapeError);
}
