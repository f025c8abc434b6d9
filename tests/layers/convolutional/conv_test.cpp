#include "../../../layers/convolutional/conv.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"
#include "windows_grid.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("Conv2D over the grid") {
  std::vector<testing::LayerCase> cases;
  std::size_t i = 0;
  for (const auto& window : testing::windows_grid()) {
    const bool strided = window.strides != Extent<2>(1);
    if (strided && window.dilation_rate != Extent<2>(1)) continue;
    const Dim groups = 1 + static_cast<Dim>(i % 3);
    const bool first = i % 4 == 3;
    cases.push_back(
        {concat(window.text(), " groups ", groups, first ? " first" : " last"),
         Conv2D({.filters = groups * (1 + static_cast<Dim>(i % 2)),
                 .kernel_size = window.kernel_size,
                 .strides = window.strides,
                 .padding = window.padding,
                 .data_format = first ? "channels_first" : "channels_last",
                 .dilation_rate = window.dilation_rate,
                 .groups = groups,
                 .use_bias = i % 5 != 0}),
         {testing::image_shape(window, groups * (1 + static_cast<Dim>(i % 2)), first)}});
    ++i;
  }
  check_layers(cases);
}

TEST_CASE("Conv of few elements, of series and of volumes") {
  const char* first = "channels_first";
  check_layers({
      {"one place", Conv2D({.filters = 2, .kernel_size = 3, .padding = "same"}), {{1, 1, 1, 1}}},
      {"no images", Conv2D({.filters = 2, .kernel_size = 3}), {{0, 5, 5, 2}}},
      {"no images first",
       Conv2D({.filters = 2, .kernel_size = 3, .data_format = first}),
       {{0, 2, 5, 5}}},
      {"relu", Conv2D({.filters = 3, .kernel_size = 2, .activation = "relu"}), {{2, 4, 4, 2}}},
      {"relu6 first",
       Conv2D({.filters = 3, .kernel_size = 2, .data_format = first, .activation = "relu6"}),
       {{2, 2, 4, 4}}},
      {"silu", Conv2D({.filters = 3, .kernel_size = 2, .activation = "silu"}), {{2, 4, 4, 2}}},
      {"softmax first",
       Conv2D({.filters = 3, .kernel_size = 2, .data_format = first, .activation = "softmax"}),
       {{2, 2, 4, 5}}},
      {"series", Conv1D({.filters = 3, .kernel_size = 3, .strides = 2}), {{2, 8, 2}}},
      {"series causal",
       Conv1D(
           {.filters = 4, .kernel_size = 3, .padding = "causal", .dilation_rate = 2, .groups = 2}),
       {{2, 6, 4}}},
      {"series causal first",
       Conv1D({.filters = 2, .kernel_size = 2, .padding = "causal", .data_format = first}),
       {{2, 3, 5}}},
      {"volume",
       Conv3D({.filters = 2, .kernel_size = {3, 2, 1}, .strides = {1, 2, 2}, .padding = "same"}),
       {{2, 3, 4, 3, 2}}},
      {"volume dilated first",
       Conv3D({.filters = 4,
               .kernel_size = 2,
               .data_format = first,
               .dilation_rate = {2, 1, 2},
               .groups = 2}),
       {{1, 2, 4, 3, 4}}},
  });
}

TEST_CASE("Conv1D looks ahead unless it is causal") {
  const Tensor x = filled({1, 4, 1}, {1, 2, 3, 4});
  const auto conv = [&](const char* padding) {
    return Conv1D(
        {.filters = 1, .kernel_size = 3, .padding = padding, .kernel_initializer = "ones"})(x);
  };
  CHECK(conv("causal") == filled({1, 4, 1}, {1, 3, 6, 9}));
  CHECK(conv("same") == filled({1, 4, 1}, {3, 6, 9, 7}));
  CHECK(conv("valid") == filled({1, 2, 1}, {6, 9}));
}

TEST_CASE("Conv2D's weights and config are Keras's") {
  const Conv2D layer({.filters = 6, .kernel_size = {3, 5}, .groups = 2}, {.name = "c"});
  layer->build({{unknown, 8, 8, 4}});
  const auto weights = layer->weights();
  REQUIRE(weights.size() == 2);
  CHECK(weights[0]->name() == "kernel");
  CHECK(shape_of(weights[0]->value()) == Shape{3, 5, 2, 6});
  CHECK(weights[1]->name() == "bias");
  CHECK(shape_of(weights[1]->value()) == Shape{6});
  const Json config = layer->get_config();
  std::string keys;
  for (const auto& [key, value] : config.items()) keys += key + ' ';
  CHECK(keys ==
        "name trainable dtype filters kernel_size strides padding data_format dilation_rate groups "
        "activation use_bias kernel_initializer bias_initializer kernel_regularizer "
        "bias_regularizer activity_regularizer kernel_constraint bias_constraint ");
}

TEST_CASE("Conv2D refuses") {
  const LayerOptions name{.name = "c"};
  CHECK_THROWS_WITH_AS(Conv2D({.kernel_size = 3}, name),
                       "Layer 'c' (Conv2D): Invalid value for argument `filters`. Expected a "
                       "strictly positive value. Received filters=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Conv2D({.filters = 2, .kernel_size = 3, .groups = 3}, name),
      "Layer 'c' (Conv2D): The number of filters must be evenly divisible by the number of "
      "groups. Received: groups=3, filters=2.",
      ValueError);
  CHECK_THROWS_WITH_AS(Conv2D({.filters = 2, .kernel_size = 3, .groups = 0}, name),
                       "Layer 'c' (Conv2D): The number of groups must be a positive integer. "
                       "Received: groups=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Conv2D({.filters = 2, .kernel_size = 3, .strides = 2, .dilation_rate = {1, 2}}, name),
      "Layer 'c' (Conv2D): `strides > 1` not supported in conjunction with `dilation_rate > 1`. "
      "Received: strides=(2, 2) and dilation_rate=(1, 2)",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Conv2D({.filters = 2, .kernel_size = 3, .padding = "causal"}, name),
      "Layer 'c' (Conv2D): The `padding` argument must be a list/tuple or one of {'valid', "
      "'same'}. Received: causal",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Conv3D({.filters = 2, .kernel_size = {3, 0, -1}}, name),
      "Layer 'c' (Conv3D): The `kernel_size` argument must be a tuple of 3 integers. Received "
      "kernel_size=(3, 0, -1), including values {0, -1} that do not satisfy `value > 0`",
      ValueError);
  CHECK_THROWS_AS(Conv2D({.filters = 2, .kernel_size = 3, .data_format = "NHWC"}, name),
                  ValueError);
}

TEST_CASE("Conv2D refuses inputs that do not fit") {
  const LayerOptions name{.name = "c"};
  CHECK_THROWS_WITH_AS(
      Conv2D({.filters = 2, .kernel_size = 3, .groups = 2}, name)(zeros({1, 8, 8, 3})),
      "Layer 'c' (Conv2D): The number of input channels must be evenly divisible by the number of "
      "groups. Received groups=2, but the input has 3 channels (full input shape is (1, 8, 8, "
      "3)).",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      Conv2D({.filters = 2, .kernel_size = 3, .dilation_rate = 4}, name)(zeros({1, 9, 8, 3})),
      "Layer 'c' (Conv2D): Computed output size would be zero or negative. Received `inputs "
      "shape=(1, 9, 8, 3)`, `kernel shape=(3, 3, 3, 2)`, `dilation_rate=(4, 4)`, `strides=(1, "
      "1)`, `padding=valid`.",
      ShapeError);
  CHECK_THROWS_WITH_AS(Conv1D({.filters = 2, .kernel_size = 3}, name)(zeros({8, 3})),
                       "Input 0 of layer 'c' (Conv1D) is incompatible with the layer: expected "
                       "min_ndim=3, found ndim=2. Full shape received: (8, 3)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      Conv2D({.filters = 2, .kernel_size = 3}, name)->build({{1, 8, 8, unknown}}),
      "Layer 'c' (Conv2D): Shapes used to initialize variables must be fully-defined (no `None` "
      "dimensions). Received: shape=(3, 3, None, 2) for variable path='c/kernel'",
      ValueError);
  const Conv2D layer({.filters = 2, .kernel_size = 3, .data_format = "channels_first"}, name);
  layer(zeros({1, 3, 8, 8}));
  CHECK_THROWS_WITH_AS(layer(zeros({1, 4, 8, 8})),
                       "Input 0 of layer 'c' (Conv2D) is incompatible with the layer: expected "
                       "axis 1 of input shape to have value 3, but received input with shape (1, "
                       "4, 8, 8)",
                       ShapeError);
}

TEST_CASE("Convolutions keep unknown sizes unknown") {
  CHECK(Conv2D({.filters = 7, .kernel_size = 3})
            ->compute_output_shape({unknown, unknown, 9, unknown}) ==
        Shape{unknown, unknown, 7, 7});
}
