#include "../../../layers/convolutional/depthwise_conv.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"
#include "windows_grid.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("DepthwiseConv2D over the grid") {
  std::vector<testing::LayerCase> cases;
  std::size_t i = 0;
  for (const auto& window : testing::windows_grid()) {
    const Dim multiplier = 1 + static_cast<Dim>(i % 4), channels = 1 + static_cast<Dim>(i / 4 % 3);
    const bool first = i % 3 == 2;
    cases.push_back({concat(window.text(), " multiplier ", multiplier, first ? " first" : " last"),
                     DepthwiseConv2D({.kernel_size = window.kernel_size,
                                      .strides = window.strides,
                                      .padding = window.padding,
                                      .depth_multiplier = multiplier,
                                      .data_format = first ? "channels_first" : "channels_last",
                                      .dilation_rate = window.dilation_rate,
                                      .use_bias = i % 5 != 0}),
                     {testing::image_shape(window, channels, first)}});
    ++i;
  }
  check_layers(cases);
}

TEST_CASE("DepthwiseConv of few elements and of series") {
  const char* first = "channels_first";
  check_layers({
      {"one place", DepthwiseConv2D({.kernel_size = 3, .padding = "same"}), {{1, 1, 1, 1}}},
      {"one tap", DepthwiseConv2D({.kernel_size = 1}), {{2, 1, 1, 2}}},
      {"no images", DepthwiseConv2D({.kernel_size = 3}), {{0, 5, 5, 2}}},
      {"activation", DepthwiseConv2D({.kernel_size = 2, .activation = "tanh"}), {{2, 4, 4, 2}}},
      {"relu", DepthwiseConv2D({.kernel_size = 2, .activation = "relu"}), {{2, 4, 4, 2}}},
      {"gelu", DepthwiseConv2D({.kernel_size = 2, .activation = "gelu"}), {{2, 4, 4, 2}}},
      {"series", DepthwiseConv1D({.kernel_size = 3}), {{2, 7, 3}}},
      {"series same",
       DepthwiseConv1D({.kernel_size = 4, .strides = 2, .padding = "same", .depth_multiplier = 2}),
       {{2, 7, 3}}},
      {"series first",
       DepthwiseConv1D({.kernel_size = 2, .data_format = first, .dilation_rate = 3}),
       {{2, 3, 8}}},
  });
}

TEST_CASE("DepthwiseConv2D gives each channel its own filters") {
  const DepthwiseConv2D layer({.kernel_size = {1, 2},
                               .depth_multiplier = 2,
                               .depthwise_initializer = "ones",
                               .bias_initializer = "ones"});
  const Tensor x = filled({1, 1, 3, 2}, {1, 10, 2, 20, 3, 30});
  CHECK(layer(x) == filled({1, 1, 2, 4}, {4, 4, 31, 31, 6, 6, 51, 51}));
  const auto weights = layer->weights();
  REQUIRE(weights.size() == 2);
  CHECK(weights[0]->name() == "kernel");
  CHECK(shape_of(weights[0]->value()) == Shape{1, 2, 2, 2});
  CHECK(weights[1]->name() == "bias");
}

TEST_CASE("DepthwiseConv2D's config has Keras's keys in Keras's order") {
  const DepthwiseConv2D layer({.kernel_size = 3}, {.name = "dw"});
  Json config = layer->get_config();
  std::string keys;
  for (const auto& [key, value] : config.items()) keys += key + ' ';
  CHECK(keys ==
        "name trainable dtype depth_multiplier kernel_size strides padding data_format "
        "dilation_rate activation use_bias depthwise_initializer bias_initializer "
        "depthwise_regularizer bias_regularizer activity_regularizer depthwise_constraint "
        "bias_constraint ");
  config["groups"] = 1;  // Keras 2 wrote it
  CHECK(DepthwiseConvLayer<2>::from_config(config)->get_config().dump() ==
        layer->get_config().dump());
  config["groups"] = 2;
  CHECK_THROWS_WITH_AS(DepthwiseConvLayer<2>::from_config(config),
                       "Layer 'dw' (DepthwiseConv2D): Invalid value for argument `groups`. "
                       "Received: groups=2, allowed: 1",
                       ValueError);
}

TEST_CASE("DepthwiseConv2D refuses") {
  const LayerOptions name{.name = "d"};
  CHECK_THROWS_WITH_AS(DepthwiseConv2D({.kernel_size = 3, .depth_multiplier = 0}, name),
                       "Layer 'd' (DepthwiseConv2D): Invalid value for argument "
                       "`depth_multiplier`. Expected a strictly positive value. Received "
                       "depth_multiplier=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      DepthwiseConv2D({}, name),
      "Layer 'd' (DepthwiseConv2D): The `kernel_size` argument must be a tuple of 2 integers. "
      "Received kernel_size=(0, 0), including values {0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      DepthwiseConv2D({.kernel_size = 3, .strides = {1, 0}}, name),
      "Layer 'd' (DepthwiseConv2D): The `strides` argument must be a tuple of 2 integers. "
      "Received strides=(1, 0), including values {0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      DepthwiseConv2D({.kernel_size = 3, .dilation_rate = -1}, name),
      "Layer 'd' (DepthwiseConv2D): The `dilation_rate` argument must be a tuple of 2 integers. "
      "Received dilation_rate=(-1, -1), including values {-1} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(DepthwiseConv2D({.kernel_size = 3, .padding = "causal"}, name),
                       "Layer 'd' (DepthwiseConv2D): The `padding` argument must be a list/tuple "
                       "or one of {'valid', 'same'}. Received: causal",
                       ValueError);
}

TEST_CASE("DepthwiseConv2D refuses inputs that do not fit") {
  const LayerOptions name{.name = "d"};
  CHECK_THROWS_WITH_AS(
      DepthwiseConv2D({.kernel_size = 9}, name)(zeros({1, 8, 8, 3})),
      "Layer 'd' (DepthwiseConv2D): Computed output size would be zero or negative. Received "
      "`inputs shape=(1, 8, 8, 3)`, `kernel shape=(9, 9, 3, 1)`, `dilation_rate=(1, 1)`, "
      "`strides=(1, 1)`, `padding=valid`.",
      ShapeError);
  CHECK_THROWS_WITH_AS(DepthwiseConv2D({.kernel_size = 3}, name)(zeros({8, 8, 3})),
                       "Input 0 of layer 'd' (DepthwiseConv2D) is incompatible with the layer: "
                       "expected min_ndim=4, found ndim=3. Full shape received: (8, 8, 3)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      DepthwiseConv2D({.kernel_size = 3}, name)(zeros({1, 8, 8, 8, 3})),
      "Layer 'd' (DepthwiseConv2D): Kernel shape must have the same length as input, but received "
      "kernel of shape (3, 3, 8, 1) and input of shape (1, 8, 8, 8, 3).",
      ShapeError);
  const DepthwiseConv2D layer({.kernel_size = 3}, name);
  layer(zeros({1, 8, 8, 3}));
  CHECK_THROWS_WITH_AS(layer(zeros({1, 8, 8, 4})),
                       "Input 0 of layer 'd' (DepthwiseConv2D) is incompatible with the layer: "
                       "expected axis 3 of input shape to have value 3, but received input with "
                       "shape (1, 8, 8, 4)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      DepthwiseConv2D({.kernel_size = 3}, name)->build({{1, 8, 8, unknown}}),
      "Layer 'd' (DepthwiseConv2D): Shapes used to initialize variables must be fully-defined (no "
      "`None` dimensions). Received: shape=(3, 3, None, 1) for variable path='d/kernel'",
      ValueError);
  CHECK_THROWS_AS(DepthwiseConv2D({.kernel_size = 1}, name)(zeros({1, 8, 8, 0})), ShapeError);
}
