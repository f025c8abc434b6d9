#include "../../../layers/locally_connected/locally_connected.hpp"

#include <doctest/doctest.h>

#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("LocallyConnected") {
  testing::check_layers({
      {"1D", LocallyConnected1D({.filters = 3, .kernel_size = 2}), {{2, 5, 4}}},
      {"1D with strides and activation",
       LocallyConnected1D(
           {.filters = 3, .kernel_size = 3, .strides = 2, .activation = "tanh", .use_bias = false}),
       {{2, 7, 2}}},
      {"1D, channels first",
       LocallyConnected1D({.filters = 3, .kernel_size = 2, .data_format = "channels_first"}),
       {{2, 4, 5}}},
      {"2D",
       LocallyConnected2D({.filters = 2, .kernel_size = {2, 3}, .strides = {1, 2}}),
       {{2, 4, 5, 3}}},
      {"2D, channels first",
       LocallyConnected2D({.filters = 2, .kernel_size = 2, .data_format = "channels_first"}),
       {{2, 3, 4, 5}}},
      {"of nothing", LocallyConnected1D({.filters = 3, .kernel_size = 2}), {{0, 5, 4}}},
  });
}

TEST_CASE("LocallyConnected has weights of its own at each place") {
  const LocallyConnected1D layer({.filters = 1, .kernel_size = 2});
  layer->build({{1, 3, 1}});
  // Two places with two taps each.
  layer->own_weights()[0].assign(testing::filled({2, 2, 1}, {1, 10, 100, 1000}));
  layer->own_weights()[1].assign(testing::filled({2, 1}, {0.5, -0.5}));
  CHECK(layer(testing::filled({1, 3, 1}, {1, 2, 3})) == testing::filled({1, 2, 1}, {21.5, 3199.5}));
  // A patch of channels-first inputs is flattened in the order of their axes.
  const LocallyConnected1D first(
      {.filters = 1, .kernel_size = 2, .data_format = "channels_first", .use_bias = false});
  first->build({{1, 2, 2}});
  first->own_weights()[0].assign(testing::filled({1, 4, 1}, {1, 10, 100, 1000}));
  CHECK(first(testing::filled({1, 2, 2}, {1, 2, 3, 4})) == testing::filled({1, 1, 1}, {4321}));
}

TEST_CASE("LocallyConnected refuses what it cannot be") {
  CHECK_THROWS_WITH_AS(
      LocallyConnected1D({.filters = 0, .kernel_size = 2}, {.name = "l"}),
      "Layer 'l' (LocallyConnected1D): Invalid value for argument `filters`. Expected a strictly "
      "positive value. Received filters=0.",
      ValueError);
  CHECK_THROWS_WITH_AS(
      LocallyConnected2D({.filters = 1, .kernel_size = 2, .padding = "same"}, {.name = "l"}),
      "Layer 'l' (LocallyConnected2D): Invalid border mode for LocallyConnected (only \"valid\" is "
      "supported): same",
      ValueError);
  const LocallyConnected1D layer({.filters = 1, .kernel_size = 4}, {.name = "l"});
  CHECK_THROWS_WITH_AS(layer->build({{1, 3, 1}}),
                       "Layer 'l' (LocallyConnected1D): the kernel is larger than the input. "
                       "Received: input_shape=(1, 3, 1), kernel_size=(4,)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      layer->build({{1, unknown, 1}}),
      "Layer 'l' (LocallyConnected1D): The spatial dimensions of the inputs to a "
      "LocallyConnected1D layer should be fully-defined, but layer received an input shape of "
      "(1, None, 1)",
      ValueError);
}
