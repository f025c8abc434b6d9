#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/core/identity.hpp"
#include "../../../layers/core/masking.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("Identity and Masking") {
  testing::check_layers({
      {"Identity", Identity(), {{2, 3}}},
      {"Identity of scalars", Identity(), {{2}}},
      {"Masking", Masking(), {{2, 3, 4}}},
      {"Masking, value", Masking({.mask_value = 1}), {{2, 3}}},
  });
}

TEST_CASE("Masking masks the steps that hold nothing but its value") {
  Tensor x = testing::noise({1, 3, 2}, 1);
  x(0, 0, 0) = x(0, 1, 0) = x(0, 1, 1) = 5;
  const Masking layer({.mask_value = 5});
  Step step{.backward = true};
  Context context(step);
  const Tensor y = context.run(*layer, x);
  CHECK(*context.output_mask() == Tensor{{1, 0, 1}});
  CHECK(y(0, 0, 0) == 5);
  CHECK(y(0, 1, 0) == 0);
  CHECK(y(0, 1, 1) == 0);
  const Tensor dx = context.run_backward(full({1, 3, 2}, 1));
  CHECK(dx == Tensor{{{1, 1}, {0, 0}, {1, 1}}});
  CHECK_THROWS_AS(layer(zeros({2})), ShapeError);
}
