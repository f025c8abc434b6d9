#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/preprocessing/category_encoding.hpp"
#include "../../../layers/preprocessing/discretization.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("layers that make vectors of indices") {
  const testing::LayerCase::Options indices{.low = 0, .high = 6, .integers = true};
  testing::check_layers({
      {"multi_hot", CategoryEncoding({.num_tokens = 6}), {{3, 4}}, indices},
      {"one_hot", CategoryEncoding({.num_tokens = 6, .output_mode = "one_hot"}), {{3, 4}}, indices},
      {"one_hot of one",
       CategoryEncoding({.num_tokens = 6, .output_mode = "one_hot"}),
       {{3, 1}},
       indices},
      {"count", CategoryEncoding({.num_tokens = 6, .output_mode = "count"}), {{3, 4}}, indices},
      {"Discretization", Discretization({.bin_boundaries = {-0.5, 0.5}}), {{3, 4}}},
      {"Discretization, one_hot",
       Discretization({.bin_boundaries = {-0.5, 0.5}, .output_mode = "one_hot"}),
       {{3, 4}}},
  });
}

TEST_CASE("CategoryEncoding encodes") {
  const Tensor x = {{0, 2, 2}, {1, 0, 2}};
  CHECK(CategoryEncoding({.num_tokens = 3})(x) == Tensor{{1, 0, 1}, {1, 1, 1}});
  const CategoryEncoding counting({.num_tokens = 3, .output_mode = "count"});
  CHECK(counting(x) == Tensor{{1, 0, 2}, {1, 1, 1}});
  const Tensor weights = {{1, 2, 3}, {4, 5, 6}};
  const Tensor* inputs[] = {&x, &weights};
  Step step{.backward = true};
  Context context(step);
  CHECK(*context.run(*counting, inputs)[0] == Tensor{{1, 0, 5}, {5, 4, 6}});
  const Tensors gradients = context.run_backward(Tensors{Tensor{{1, 2, 3}, {4, 5, 6}}});
  CHECK(gradients[1] == Tensor{{1, 3, 3}, {5, 4, 6}});
}

TEST_CASE("Discretization gives a boundary to the bin above") {
  const Tensor x = {{-1, 0, 0.5, 1, 7}};
  CHECK(Discretization({.bin_boundaries = {0, 1}})(x) == Tensor{{0, 1, 1, 2, 2}});
}

TEST_CASE("layers that make vectors of indices refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(CategoryEncoding({}, {.name = "c"}),
                       "Layer 'c' (CategoryEncoding): `num_tokens` must be >= 1. Received: "
                       "num_tokens=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(CategoryEncoding({.num_tokens = 2}, {.name = "c"})(full({1, 1}, 2)),
                       "Layer 'c' (CategoryEncoding): Input values must be in the range 0 <= "
                       "values < num_tokens with num_tokens=2",
                       ValueError);
  CHECK_THROWS_WITH_AS(CategoryEncoding({.output_mode = "int"}),
                       "Unknown arg for output_mode: int. Allowed: 'count', 'one_hot', "
                       "'multi_hot'",
                       ValueError);
  CHECK_THROWS_AS(Discretization(), ValueError);
  CHECK_THROWS_AS(Discretization({.bin_boundaries = {1, 0}}), ValueError);
  CHECK_THROWS_AS(Discretization({.bin_boundaries = {1}, .num_bins = 2}), ValueError);
  CHECK_THROWS_AS(Discretization({.bin_boundaries = {1}, .output_mode = "ints"}), ValueError);
}
