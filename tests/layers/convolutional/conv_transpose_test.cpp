#include "../../../layers/convolutional/conv_transpose.hpp"

#include <doctest/doctest.h>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;
using keratin::testing::check_layers;
using keratin::testing::filled;

TEST_CASE("Conv2DTranspose over a grid") {
  std::vector<testing::LayerCase> cases;
  std::size_t i = 0;
  for (const Extent<2> kernel : {Extent<2>(1), Extent<2>(2), Extent<2>(3), Extent<2>(4, 1)}) {
    for (const Extent<2> strides : {Extent<2>(1), Extent<2>(2), Extent<2>(3, 1)}) {
      for (const char* padding : {"valid", "same"}) {
        for (const OptionalExtent<2>& extra :
             {OptionalExtent<2>(), OptionalExtent<2>(0), OptionalExtent<2>(2, 0)}) {
          const bool first = i % 3 == 1;
          cases.push_back(
              {concat("kernel ", kernel.values(), " strides ", strides.values(), padding, i % 3),
               Conv2DTranspose({.filters = 2,
                                .kernel_size = kernel,
                                .strides = strides,
                                .padding = padding,
                                .output_padding = extra,
                                .data_format = first ? "channels_first" : "channels_last",
                                .use_bias = i % 5 != 0}),
               {first ? Shape{2, 3, 3, 4} : Shape{2, 3, 4, 3}}});
          ++i;
        }
      }
    }
  }
  check_layers(cases);
}

TEST_CASE("ConvTranspose of few elements, of series and of volumes") {
  const char* first = "channels_first";
  check_layers({
      {"one place",
       Conv2DTranspose({.filters = 2, .kernel_size = 3, .padding = "same"}),
       {{1, 1, 1, 1}}},
      {"no images", Conv2DTranspose({.filters = 2, .kernel_size = 3}), {{0, 5, 5, 2}}},
      {"dilated",
       Conv2DTranspose(
           {.filters = 2, .kernel_size = 3, .padding = "same", .dilation_rate = {2, 3}}),
       {{2, 4, 5, 2}}},
      {"dilated valid",
       Conv2DTranspose({.filters = 2, .kernel_size = {2, 3}, .dilation_rate = 2}),
       {{2, 4, 5, 2}}},
      {"relu",
       Conv2DTranspose({.filters = 3, .kernel_size = 2, .activation = "relu"}),
       {{2, 4, 4, 2}}},
      {"series",
       Conv1DTranspose({.filters = 3, .kernel_size = 4, .strides = 2, .padding = "same"}),
       {{2, 5, 2}}},
      {"series first",
       Conv1DTranspose({.filters = 3, .kernel_size = 2, .strides = 3, .data_format = first}),
       {{2, 2, 5}}},
      {"volume",
       Conv3DTranspose({.filters = 2, .kernel_size = {3, 2, 1}, .strides = {1, 2, 2}}),
       {{2, 2, 3, 2, 2}}},
  });
}

TEST_CASE("Conv1DTranspose spreads its kernel") {
  const Tensor x = filled({1, 3, 1}, {1, 10, 100});
  const Conv1DTranspose layer(
      {.filters = 1, .kernel_size = 2, .strides = 1, .kernel_initializer = "ones"});
  CHECK(layer(x) == filled({1, 4, 1}, {1, 11, 110, 100}));
  CHECK(shape_of(layer->weights()[0]->value()) == Shape{2, 1, 1});
  const Conv1DTranspose wide(
      {.filters = 1, .kernel_size = 1, .strides = 3, .kernel_initializer = "ones"});
  CHECK(wide(x) == filled({1, 9, 1}, {1, 0, 0, 10, 0, 0, 100, 0, 0}));
}

TEST_CASE("Conv2DTranspose has Keras's sizes") {
  const auto size = [](const char* padding, Dim kernel, Dim stride, OptionalExtent<2> extra) {
    return Conv2DTranspose({.filters = 1,
                            .kernel_size = kernel,
                            .strides = stride,
                            .padding = padding,
                            .output_padding = extra})
        ->compute_output_shape({unknown, 5, unknown, 1})[1];
  };
  CHECK(size("valid", 3, 2, {}) == 11);
  CHECK(size("valid", 2, 3, {}) == 15);
  CHECK(size("valid", 3, 2, 1) == 12);
  CHECK(size("same", 3, 2, {}) == 10);
  CHECK(size("same", 4, 2, {}) == 10);
  CHECK(size("same", 3, 2, 0) == 9);
  CHECK(size("same", 4, 2, 1) == 9);
}

TEST_CASE("Conv2DTranspose refuses") {
  const LayerOptions name{.name = "t"};
  CHECK_THROWS_WITH_AS(Conv2DTranspose({.kernel_size = 3}, name),
                       "Layer 't' (Conv2DTranspose): Invalid value for argument `filters`. "
                       "Expected a strictly positive value. Received filters=0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Conv2DTranspose({.filters = 1, .kernel_size = 3, .output_padding = {0, -1}}, name),
      "Layer 't' (Conv2DTranspose): The `output_padding` argument must be a "
      "tuple of 2 integers. "
      "Received output_padding=(0, -1), including values {-1} that do not "
      "satisfy `value >= 0`",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Conv2DTranspose({.filters = 1, .kernel_size = 3, .strides = 2, .dilation_rate = 2}, name),
      "Layer 't' (Conv2DTranspose): `strides > 1` not supported in conjunction "
      "with "
      "`dilation_rate > 1`. Received: strides=(2, 2) and dilation_rate=(2, 2)",
      ValueError);
  CHECK_THROWS_WITH_AS(Conv1DTranspose({.filters = 1, .kernel_size = 3, .padding = "causal"}, name),
                       "Layer 't' (Conv1DTranspose): The `padding` argument must be a "
                       "list/tuple or one of "
                       "{'valid', 'same'}. Received: causal",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Conv2DTranspose({.filters = 1, .kernel_size = 2, .padding = "same", .output_padding = 0},
                      name)(zeros({1, 1, 4, 2})),
      "Layer 't' (Conv2DTranspose): Computed output size "
      "would be zero or negative. Received "
      "`inputs shape=(1, 1, 4, 2)`, `kernel_size=(2, 2)`, "
      "`strides=(1, 1)`, `padding=same`.",
      ShapeError);
  CHECK_THROWS_WITH_AS(Conv2DTranspose({.filters = 1, .kernel_size = 3}, name)(zeros({8, 8, 3})),
                       "Input 0 of layer 't' (Conv2DTranspose) is incompatible with the layer: "
                       "expected ndim=4, "
                       "found ndim=3. Full shape received: (8, 8, 3)",
                       ShapeError);
}
