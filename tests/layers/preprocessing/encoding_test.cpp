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

TEST_CASE("Discretization adapts to data as Keras's documentation shows") {
  const Discretization layer({.num_bins = 4, .epsilon = 0.01});
  const Tensor data = {{-1.5, 1.0, real(3.4), 0.5}, {0.0, 3.0, real(1.3), 0.0}};
  layer->adapt(data);
  CHECK(layer(data) == Tensor{{0, 2, 3, 2}, {1, 3, 3, 1}});
  const auto copy = DiscretizationLayer::from_config(layer->get_config());
  CHECK(copy->options().bin_boundaries == layer->options().bin_boundaries);
  // Of a thousand equally spaced numbers, each bin has its share.
  const Discretization even({.num_bins = 5});
  Tensor many = empty({1000});
  for (std::size_t i = 0; i < 1000; ++i) many.data()[i] = static_cast<real>(999 - i);
  even->adapt(many);
  const auto& ends = even->options().bin_boundaries;
  REQUIRE(ends.size() == 4);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(std::abs(ends[i] - 200 * static_cast<double>(i + 1)) <= 10);
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
  CHECK_THROWS_WITH_AS(Discretization({}, {.name = "d"}),
                       "Layer 'd' (Discretization): You need to set either `num_bins` or "
                       "`bin_boundaries`.",
                       ValueError);
  CHECK_THROWS_AS(Discretization({.bin_boundaries = {1, 0}}), ValueError);
  CHECK_THROWS_WITH_AS(
      Discretization({.bin_boundaries = {1, 2}, .num_bins = 2}, {.name = "d"}),
      "Layer 'd' (Discretization): Both `num_bins` and `bin_boundaries` should not "
      "be set. Received: `num_bins=2` and `bin_boundaries=(1, 2)`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Discretization({.num_bins = 4}, {.name = "d"})(zeros({1, 1})),
      "Layer 'd' (Discretization): You need to either pass the `bin_boundaries` "
      "argument at construction time or call `adapt(dataset)` before you can start "
      "using the `Discretization` layer.",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Discretization({.bin_boundaries = {1}}, {.name = "d"})->adapt(zeros({1, 1})),
      "Layer 'd' (Discretization): Cannot adapt a Discretization layer that has been initialized "
      "with `bin_boundaries`, use `num_bins` instead.",
      ValueError);
  CHECK_THROWS_AS(Discretization({.bin_boundaries = {1}, .output_mode = "ints"}), ValueError);
}
