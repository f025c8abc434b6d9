#include "../../../layers/pooling/global_pooling.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("Global pooling") {
  check_layers({
      {"mean", GlobalAveragePooling2D(), {{2, 4, 3, 5}}},
      {"mean first", GlobalAveragePooling2D({.data_format = "channels_first"}), {{2, 5, 4, 3}}},
      {"mean kept", GlobalAveragePooling2D({.keepdims = true}), {{2, 4, 3, 5}}},
      {"mean series", GlobalAveragePooling1D(), {{2, 4, 5}}},
      {"mean series kept first",
       GlobalAveragePooling1D({.data_format = "channels_first", .keepdims = true}),
       {{2, 4, 5}}},
      {"mean volume", GlobalAveragePooling3D(), {{2, 2, 3, 2, 3}}},
      {"max", GlobalMaxPooling2D(), {{2, 4, 3, 5}}},
      {"max first kept",
       GlobalMaxPooling2D({.data_format = "channels_first", .keepdims = true}),
       {{2, 5, 4, 3}}},
      {"max series", GlobalMaxPooling1D(), {{3, 6, 4}}},
      {"max volume", GlobalMaxPooling3D({.keepdims = true}), {{2, 2, 3, 2, 3}}},
      {"mean of one", GlobalAveragePooling2D(), {{1, 1, 1, 1}}},
      {"mean of no images", GlobalAveragePooling2D(), {{0, 3, 3, 2}}},
      {"max of no images", GlobalMaxPooling2D(), {{0, 3, 3, 2}}},
  });
}

TEST_CASE("GlobalAveragePooling1D counts the steps of its mask") {
  const GlobalAveragePooling1D layer;
  const Tensor x = filled({2, 3, 2}, {1, 2, 3, 4, 100, 100, 5, 6, 100, 100, 100, 100});
  const Tensor mask = filled({2, 3}, {1, 1, 0, 1, 0, 0});
  Step step{.backward = true};
  Context context(step);
  context.set_masks({&mask});
  CHECK(context.run(*layer, x) == filled({2, 2}, {2, 3, 5, 6}));
  CHECK(context.output_mask() == nullptr);
  CHECK(context.run_backward(filled({2, 2}, {2, 4, 6, 8})) ==
        filled({2, 3, 2}, {1, 2, 1, 2, 0, 0, 6, 8, 0, 0, 0, 0}));
}

TEST_CASE("Equal largest elements share the gradient of GlobalMaxPooling") {
  const GlobalMaxPooling1D layer;
  const Tensor x = filled({1, 4, 1}, {2, 7, 7, 1});
  Step step{.backward = true};
  Context context(step);
  CHECK(context.run(*layer, x)(0, 0) == 7);
  CHECK(context.run_backward(full({1, 1}, 3)) == filled({1, 4, 1}, {0, 1.5, 1.5, 0}));
  const real nan = std::numeric_limits<real>::quiet_NaN();
  CHECK(std::isnan(layer(filled({1, 3, 1}, {1, static_cast<double>(nan), 3}))(0, 0)));
}

TEST_CASE("Global pooling refuses inputs of another rank") {
  CHECK_THROWS_WITH_AS(GlobalMaxPooling2D({}, {.name = "g"})(zeros({1, 8, 8})),
                       "Input 0 of layer 'g' (GlobalMaxPooling2D) is incompatible with the layer: "
                       "expected ndim=4, found ndim=3. Full shape received: (1, 8, 8)",
                       ShapeError);
  CHECK(GlobalMaxPooling2D()->compute_output_shape({unknown, unknown, unknown, 4}) ==
        Shape{unknown, 4});
}
