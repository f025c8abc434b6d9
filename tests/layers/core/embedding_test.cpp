#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/core/embedding.hpp"
#include "../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("Embedding") {
  const testing::LayerCase::Options indices{.low = 0, .high = 7, .integers = true};
  testing::check_layers({
      {"Embedding", Embedding({.input_dim = 7, .output_dim = 4}), {{3, 5}}, indices},
      {"Embedding, masks",
       Embedding({.input_dim = 7, .output_dim = 2, .mask_zero = true}),
       {{3, 5, 2}},
       indices},
  });
}

TEST_CASE("Embedding masks index 0 where asked to") {
  const Tensor x = {{0, 2, 0, 1}};
  for (const bool mask_zero : {false, true}) {
    const Embedding layer({.input_dim = 3, .output_dim = 2, .mask_zero = mask_zero});
    layer->build({{1, 4}});
    Step step;
    Context context(step);
    context.run(*layer, x);
    if (mask_zero) {
      CHECK(*context.output_mask() == Tensor{{0, 1, 0, 1}});
    } else {
      CHECK(context.output_mask() == nullptr);
    }
  }
}

TEST_CASE("Embedding refuses wrong use") {
  CHECK_THROWS_WITH_AS(Embedding({.output_dim = 2}, {.name = "e"}),
                       "Layer 'e' (Embedding): Invalid value for argument `input_dim`, expected a "
                       "positive integer. Received: input_dim=0",
                       ValueError);
  const Embedding layer({.input_dim = 3, .output_dim = 2}, {.name = "e"});
  CHECK_THROWS_WITH_AS(layer(full({1, 1}, 3)),
                       "Layer 'e' (Embedding): indices must be in [0, 3). Received: 3", ValueError);
  CHECK_THROWS_AS(layer(full({1, 1}, -1)), ValueError);
}
