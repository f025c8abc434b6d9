#include "../../../layers/core/reversible_embedding.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/input_layer.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::filled;

namespace {

const CallOptions reverse{.arguments = std::make_shared<const Json>(Json{{"reverse", true}})};

}  // namespace

TEST_CASE("ReversibleEmbedding") {
  const testing::LayerCase::Options indices{.low = 0, .high = 5, .integers = true};
  testing::check_layers({
      {"forward", ReversibleEmbedding({.input_dim = 5, .output_dim = 3}), {{2, 4}}, indices},
      {"not tied, forward",
       ReversibleEmbedding({.input_dim = 5, .output_dim = 3, .tie_weights = false}),
       {{2, 4}},
       indices},
      {"reverse",
       ReversibleEmbedding({.input_dim = 5, .output_dim = 3}),
       {{2, 4, 3}},
       {.call = reverse}},
      {"not tied, reverse",
       ReversibleEmbedding({.input_dim = 5, .output_dim = 3, .tie_weights = false}),
       {{4, 3}},
       {.call = reverse}},
      {"capped",
       ReversibleEmbedding({.input_dim = 5, .output_dim = 3, .logit_soft_cap = 1.5}),
       {{2, 4, 3}},
       {.call = reverse}},
      {"not tied, capped, no batch",
       ReversibleEmbedding(
           {.input_dim = 5, .output_dim = 3, .tie_weights = false, .logit_soft_cap = 1.5}),
       {{0, 4, 3}},
       {.call = reverse}},
  });
}

TEST_CASE("ReversibleEmbedding goes both ways") {
  const ReversibleEmbedding layer(
      {.input_dim = 3, .output_dim = 2, .mask_zero = true, .logit_soft_cap = 4});
  layer->build({{unknown, 2}});
  layer->own_weights()[0].assign(filled({3, 2}, {1, 2, 3, 4, 5, 6}));
  Step step;
  Context there(step), back(step);
  const Tensor indices = filled({1, 2}, {2, 0}), mask = filled({1, 2}, {1, 0});
  CHECK(there.run(*layer, indices) == filled({1, 2, 2}, {5, 6, 1, 2}));
  REQUIRE(there.output_mask());
  CHECK(*there.output_mask() == mask);
  const Tensor vectors = filled({1, 1, 2}, {1, -0.5});
  back.set_call(reverse);
  back.set_masks({&mask});
  testing::check_close(back.run(*layer, vectors),
                       filled({1, 1, 3}, {0, 4 * std::tanh(0.25), 4 * std::tanh(0.5)}), 1e-6, 1e-6);
  CHECK_FALSE(back.output_mask());

  const SymbolicTensor input = Input({7});
  const SymbolicTensor embedded = layer(input);
  CHECK(embedded.shape() == Shape{unknown, 7, 2});
  CHECK(layer(embedded, reverse).shape() == Shape{unknown, 7, 3});
}

TEST_CASE("ReversibleEmbedding refuses wrong use") {
  CHECK_THROWS_WITH_AS(ReversibleEmbedding({.output_dim = 2}, {.name = "e"}),
                       "Layer 'e' (ReversibleEmbedding): Invalid value for argument `input_dim`, "
                       "expected a positive integer. Received: input_dim=0",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      ReversibleEmbedding({.input_dim = 3, .output_dim = 2, .logit_soft_cap = 0}, {.name = "e"}),
      "Layer 'e' (ReversibleEmbedding): `logit_soft_cap` must be positive. Received: "
      "logit_soft_cap=0",
      ValueError);
  const ReversibleEmbedding layer({.input_dim = 3, .output_dim = 2}, {.name = "e"});
  CHECK_THROWS_WITH_AS(layer(full({1, 2}, 3)),
                       "Layer 'e' (ReversibleEmbedding): indices must be in [0, 3). Received: 3",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      layer(Input({7}), reverse),
      "Layer 'e' (ReversibleEmbedding): called in reverse, the input must be (..., "
      "2). Received: (None, 7)",
      ShapeError);
}
