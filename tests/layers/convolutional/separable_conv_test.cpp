#include "../../../layers/convolutional/separable_conv.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"
#include "windows_grid.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("SeparableConv2D over the grid") {
  std::vector<testing::LayerCase> cases;
  std::size_t i = 0;
  for (const auto& window : testing::windows_grid()) {
    const Dim multiplier = 1 + static_cast<Dim>(i % 4), channels = 1 + static_cast<Dim>(i / 4 % 3);
    const bool first = i % 3 == 2;
    cases.push_back({concat(window.text(), " multiplier ", multiplier, first ? " first" : " last"),
                     SeparableConv2D({.filters = 1 + static_cast<Dim>(i % 5),
                                      .kernel_size = window.kernel_size,
                                      .strides = window.strides,
                                      .padding = window.padding,
                                      .data_format = first ? "channels_first" : "channels_last",
                                      .dilation_rate = window.dilation_rate,
                                      .depth_multiplier = multiplier,
                                      .use_bias = i % 5 != 0}),
                     {testing::image_shape(window, channels, first)}});
    ++i;
  }
  check_layers(cases);
}

TEST_CASE("SeparableConv of few elements and of series") {
  const char* first = "channels_first";
  check_layers({
      {"one place",
       SeparableConv2D({.filters = 2, .kernel_size = 3, .padding = "same"}),
       {{1, 1, 1, 1}}},
      {"no images", SeparableConv2D({.filters = 2, .kernel_size = 3}), {{0, 5, 5, 2}}},
      {"no images first",
       SeparableConv2D({.filters = 2, .kernel_size = 3, .data_format = first}),
       {{0, 2, 5, 5}}},
      {"relu",
       SeparableConv2D({.filters = 3, .kernel_size = 2, .activation = "relu"}),
       {{2, 4, 4, 2}}},
      {"relu6 first",
       SeparableConv2D(
           {.filters = 3, .kernel_size = 2, .data_format = first, .activation = "relu6"}),
       {{2, 2, 4, 4}}},
      {"gelu",
       SeparableConv2D({.filters = 3, .kernel_size = 2, .activation = "gelu"}),
       {{2, 4, 4, 2}}},
      {"series", SeparableConv1D({.filters = 4, .kernel_size = 3}), {{2, 7, 3}}},
      {"series causal",
       SeparableConv1D(
           {.filters = 2, .kernel_size = 3, .strides = 2, .padding = "causal", .dilation_rate = 2}),
       {{2, 7, 3}}},
      {"series first",
       SeparableConv1D({.filters = 2,
                        .kernel_size = 3,
                        .padding = "same",
                        .data_format = first,
                        .depth_multiplier = 2}),
       {{2, 3, 7}}},
  });
}

TEST_CASE("A frozen SeparableConv2D has gradients of its input only") {
  const SeparableConv2D layer({.filters = 2, .kernel_size = 2}, {.trainable = false});
  layer->build({{1, 3, 3, 2}});
  const Tensor x = testing::noise({1, 3, 3, 2}, 3);
  Step step{.backward = true};
  Context context(step);
  context.run(*layer, x);
  CHECK(shape_of(context.run_backward(full({1, 2, 2, 2}, 1))) == shape_of(x));
  for (const Parameter* parameter : layer->weights())
    CHECK(step.gradients.find(*parameter) == nullptr);
}

TEST_CASE("SeparableConv2D mixes what the depthwise convolution made") {
  const SeparableConv2D layer({.filters = 1,
                               .kernel_size = {1, 2},
                               .depth_multiplier = 2,
                               .depthwise_initializer = "ones",
                               .pointwise_initializer = "ones",
                               .bias_initializer = "ones"});
  const Tensor x = filled({1, 1, 3, 2}, {1, 10, 2, 20, 3, 30});
  CHECK(layer(x) == filled({1, 1, 2, 1}, {67, 111}));
  const auto weights = layer->weights();
  REQUIRE(weights.size() == 3);
  CHECK(weights[0]->name() == "depthwise_kernel");
  CHECK(shape_of(weights[0]->value()) == Shape{1, 2, 2, 2});
  CHECK(weights[1]->name() == "pointwise_kernel");
  CHECK(shape_of(weights[1]->value()) == Shape{1, 1, 4, 1});
  CHECK(weights[2]->name() == "bias");
}

TEST_CASE("SeparableConv2D's config has Keras's keys in Keras's order") {
  const SeparableConv2D layer({.filters = 4, .kernel_size = 3}, {.name = "sep"});
  const Json config = layer->get_config();
  std::string keys;
  for (const auto& [key, value] : config.items()) keys += key + ' ';
  CHECK(keys ==
        "name trainable dtype depth_multiplier filters kernel_size strides padding data_format "
        "dilation_rate activation use_bias depthwise_initializer pointwise_initializer "
        "bias_initializer depthwise_regularizer pointwise_regularizer bias_regularizer "
        "activity_regularizer depthwise_constraint pointwise_constraint bias_constraint ");
  Json keras2 = config;
  keras2["groups"] = 1;
  keras2["kernel_initializer"] = keras2["depthwise_initializer"];
  keras2["kernel_regularizer"] = nullptr;
  keras2["kernel_constraint"] = nullptr;
  CHECK(SeparableConvLayer<2>::from_config(keras2)->get_config().dump() == config.dump());
}

TEST_CASE("SeparableConv2D refuses") {
  const LayerOptions name{.name = "s"};
  CHECK_THROWS_WITH_AS(SeparableConv2D({.kernel_size = 3}, name),
                       "Layer 's' (SeparableConv2D): Invalid value for argument `filters`. "
                       "Expected a strictly positive value. Received filters=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      SeparableConv2D({.filters = 2, .kernel_size = 3, .depth_multiplier = -1}, name),
      "Layer 's' (SeparableConv2D): Invalid value for argument `depth_multiplier`. Expected a "
      "strictly positive value. Received depth_multiplier=-1.",
      ValueError);
  CHECK_THROWS_WITH_AS(
      SeparableConv2D({.filters = 2, .kernel_size = {3, 0}}, name),
      "Layer 's' (SeparableConv2D): The `kernel_size` argument must be a tuple of 2 integers. "
      "Received kernel_size=(3, 0), including values {0} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      SeparableConv2D({.filters = 2, .kernel_size = 3, .padding = "causal"}, name),
      "Layer 's' (SeparableConv2D): The `padding` argument must be a list/tuple or one of "
      "{'valid', 'same'}. Received: causal",
      ValueError);
  CHECK_THROWS_WITH_AS(
      SeparableConv2D({.filters = 2, .kernel_size = 3}, name)(zeros({1, 8, 2, 3})),
      "Layer 's' (SeparableConv2D): Computed output size would be zero or negative. Received "
      "`inputs shape=(1, 8, 2, 3)`, `kernel shape=(3, 3, 3, 1)`, `dilation_rate=(1, 1)`, "
      "`strides=(1, 1)`, `padding=valid`.",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      SeparableConv2D({.filters = 2, .kernel_size = 3}, name)(zeros({8, 8, 3})),
      "Input 0 of layer 's' (SeparableConv2D) is incompatible with the layer: expected "
      "min_ndim=4, found ndim=3. Full shape received: (8, 8, 3)",
      ShapeError);
}
