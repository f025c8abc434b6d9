#include "../../../layers/pooling/pooling.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;
using keratin::testing::LayerCase;

namespace {

/// Every window of the grid in both data formats.
template <template <std::size_t, Pooled> class Options, Pooled How>
std::vector<LayerCase> images() {
  using Layer = PoolingLayer<2, How>;
  std::vector<LayerCase> cases;
  for (const Extent<2> pool : {Extent<2>(1), Extent<2>(2), Extent<2>(3, 2), Extent<2>(1, 4)}) {
    for (const Extent<2> strides : {Extent<2>(1), Extent<2>(2, 3), Extent<2>(3, 1)}) {
      for (const char* padding : {"valid", "same"}) {
        for (const char* format : {"channels_last", "channels_first"}) {
          const bool last = std::string(format) == "channels_last";
          Options<2, How> options{
              .pool_size = pool, .strides = strides, .padding = padding, .data_format = format};
          cases.push_back({concat("pool ", pool.values(), strides.values(), padding, format),
                           Handle<Layer>(options),
                           {last ? Shape{2, 5, 7, 3} : Shape{2, 3, 5, 7}}});
        }
      }
    }
  }
  cases.push_back(
      {"one place", Handle<Layer>({.pool_size = 3, .padding = "same"}), {{1, 1, 1, 1}}});
  cases.push_back({"no images", Handle<Layer>({.pool_size = 2}), {{0, 4, 4, 2}}});
  return cases;
}

}  // namespace

TEST_CASE("MaxPooling2D over the grid") { check_layers(images<PoolingOptions, Pooled::maximum>()); }

TEST_CASE("AveragePooling2D over the grid") {
  check_layers(images<PoolingOptions, Pooled::average>());
}

TEST_CASE("Pooling of series and volumes") {
  check_layers({
      {"max series", MaxPooling1D({.pool_size = 3, .strides = 2}), {{2, 8, 3}}},
      {"max series same", MaxPooling1D({.pool_size = 3, .padding = "same"}), {{2, 7, 3}}},
      {"max series first", MaxPooling1D({.data_format = "channels_first"}), {{2, 3, 7}}},
      {"mean series", AveragePooling1D({.pool_size = 2, .padding = "same"}), {{2, 5, 3}}},
      {"max volume", MaxPooling3D({.pool_size = {2, 1, 3}, .padding = "same"}), {{2, 4, 3, 5, 2}}},
      {"mean volume",
       AveragePooling3D({.pool_size = 2, .strides = {1, 2, 1}, .data_format = "channels_first"}),
       {{2, 2, 4, 3, 5}}},
  });
}

TEST_CASE("What windows make of numbers, padding not counted") {
  const Tensor x = filled({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(MaxPooling2D({.strides = 1})(x) == filled({1, 2, 2, 1}, {5, 6, 8, 9}));
  CHECK(AveragePooling2D({.pool_size = 2, .padding = "same"})(x) ==
        filled({1, 2, 2, 1}, {3, 4.5, 7.5, 9}));
  // The largest is negative: zeros around the image would win.
  CHECK(MaxPooling2D({.padding = "same"})(Tensor(-x)) == filled({1, 2, 2, 1}, {-1, -3, -7, -9}));
}

TEST_CASE("Pooling gives the gradient to the first of equal largest elements") {
  Step step{.backward = true};
  Context context(step);
  const MaxPooling2D layer({.pool_size = 2});
  const Tensor x = filled({1, 2, 2, 1}, {1, 3, 3, 0});
  context.run(*layer, x);
  CHECK(context.run_backward(full({1, 1, 1, 1}, 5)) == filled({1, 2, 2, 1}, {0, 5, 0, 0}));
}

TEST_CASE("Pooling refuses") {
  const LayerOptions name{.name = "p"};
  CHECK_THROWS_WITH_AS(
      AveragePooling2D({}, name),
      "Layer 'p' (AveragePooling2D): The `pool_size` argument must be a tuple of 2 integers. "
      "Received pool_size=(0, 0), including values {0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MaxPooling3D({.pool_size = {1, -2, 0}}, name),
      "Layer 'p' (MaxPooling3D): The `pool_size` argument must be a tuple of 3 integers. Received "
      "pool_size=(1, -2, 0), including values {-2, 0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      MaxPooling1D({.strides = 0}, name),
      "Layer 'p' (MaxPooling1D): The `strides` argument must be a tuple of 1 integers. Received "
      "strides=(0,), including values {0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(MaxPooling1D({.padding = "causal"}, name),
                       "Layer 'p' (MaxPooling1D): The `padding` argument must be a list/tuple or "
                       "one of {'valid', 'same'}. Received: causal",
                       ValueError);
  const MaxPooling2D layer({.pool_size = {2, 4}}, name);
  CHECK_THROWS_WITH_AS(layer->compute_output_shape({unknown, 8, 3, 1}),
                       "Layer 'p' (MaxPooling2D): Computed output size would be zero or negative. "
                       "Received: `inputs.shape=(None, 8, 3, 1)` and `pool_size=(2, 4)`.",
                       ShapeError);
  CHECK_THROWS_WITH_AS(layer(zeros({1, 8, 8})),
                       "Input 0 of layer 'p' (MaxPooling2D) is incompatible with the layer: "
                       "expected ndim=4, found ndim=3. Full shape received: (1, 8, 8)",
                       ShapeError);
}

TEST_CASE("Pooling keeps unknown sizes unknown") {
  CHECK(MaxPooling2D()->compute_output_shape({unknown, unknown, 9, 4}) ==
        Shape{unknown, unknown, 4, 4});
}

TEST_CASE("Keras's other names make the same layers") {
  const Registry<Layer>& registry = Registry<Layer>::instance();
  for (const auto& [alias, name] :
       {std::pair("MaxPool2D", "MaxPooling2D"), std::pair("AvgPool1D", "AveragePooling1D"),
        std::pair("GlobalAvgPool2D", "GlobalAveragePooling2D"),
        std::pair("GlobalMaxPool3D", "GlobalMaxPooling3D")}) {
    const Json config{{"name", "p"}, {"pool_size", 2}};
    const Json bare{{"name", "p"}};
    const bool global = std::string(alias).starts_with("Global");
    CHECK(registry.make(alias, global ? bare : config)->class_name() == name);
  }
}
