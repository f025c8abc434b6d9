#include "../../../layers/rnn/conv_lstm.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;

TEST_CASE("ConvLSTM") {
  const CallOptions with_state{.input_names = {"", "initial_state", "initial_state"}};
  testing::check_layers({
      {"series",
       ConvLSTM1D({.filters = 2,
                   .kernel_size = 3,
                   .padding = "same",
                   .return_sequences = true,
                   .return_state = true}),
       {{2, 3, 5, 2}}},
      {"images", ConvLSTM2D({.filters = 2, .kernel_size = {2, 3}}), {{2, 3, 4, 5, 2}}},
      {"volumes",
       ConvLSTM3D({.filters = 1, .kernel_size = 2, .padding = "same"}),
       {{1, 2, 3, 2, 3, 2}}},
      {"strides",
       ConvLSTM2D({.filters = 2,
                   .kernel_size = 2,
                   .strides = {1, 2},
                   .padding = "same",
                   .go_backwards = true}),
       {{2, 3, 4, 5, 2}}},
      {"dilation",
       ConvLSTM1D({.filters = 2, .kernel_size = 2, .dilation_rate = 2}),
       {{2, 3, 6, 1}}},
      {"channels first",
       ConvLSTM2D({.filters = 3,
                   .kernel_size = 2,
                   .data_format = "channels_first",
                   .return_sequences = true,
                   .return_state = true}),
       {{2, 3, 2, 4, 3}}},
      {"other activations",
       ConvLSTM1D({.filters = 2,
                   .kernel_size = 2,
                   .activation = "silu",
                   .recurrent_activation = "hard_sigmoid",
                   .use_bias = false}),
       {{2, 3, 5, 2}}},
      {"initial state",
       ConvLSTM1D({.filters = 2, .kernel_size = 2}),
       {{2, 3, 5, 2}, {2, 4, 2}, {2, 4, 2}},
       {.call = with_state}},
      {"dropout",
       ConvLSTM1D(
           {.filters = 2, .kernel_size = 2, .dropout = 0.3, .recurrent_dropout = 0.3, .seed = 1}),
       {{2, 3, 5, 2}},
       {.training = true}},
      {"dropout, channels first",
       ConvLSTM1D({.filters = 2,
                   .kernel_size = 2,
                   .data_format = "channels_first",
                   .dropout = 0.3,
                   .seed = 1}),
       {{2, 3, 2, 5}},
       {.training = true}},
      {"masked",
       behind_mask(ConvLSTM1D({.filters = 2, .kernel_size = 2, .return_sequences = true}),
                   {3, 4, 5, 2}),
       {{3, 4, 5, 2}}},
      {"nothing", ConvLSTM1D({.filters = 2, .kernel_size = 2}), {{0, 3, 5, 2}}},
  });
}

TEST_CASE("ConvLSTM has Keras's config") {
  CHECK(testing::config_keys(ConvLSTM2D({.filters = 4, .kernel_size = 3})) ==
        "name trainable dtype return_sequences return_state go_backwards stateful unroll "
        "zero_output_for_mask filters kernel_size strides padding data_format dilation_rate "
        "activation recurrent_activation use_bias kernel_initializer recurrent_initializer "
        "bias_initializer unit_forget_bias kernel_regularizer recurrent_regularizer "
        "bias_regularizer activity_regularizer kernel_constraint recurrent_constraint "
        "bias_constraint dropout recurrent_dropout seed ");
}

TEST_CASE("ConvLSTM refuses wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(
      ConvLSTM2D({.filters = 2, .kernel_size = 3, .strides = 2, .dilation_rate = 2}, {.name = "c"}),
      "Layer 'c' (ConvLSTM2D): Specifying `strides > 1` is not compatible with `dilation_rate > "
      "1`. Please provide `strides=1` or `dilation_rate=1`. Received: strides=(2, 2) and "
      "dilation_rate=(2, 2)",
      ValueError);
  CHECK_THROWS_AS(ConvLSTM2D({.filters = 0, .kernel_size = 3}), ValueError);
  CHECK_THROWS_AS(ConvLSTM2D({.filters = 1}), ValueError);
  CHECK_THROWS_AS(ConvLSTM1D({.filters = 1, .kernel_size = 2, .padding = "causal"}), ValueError);
  const ConvLSTM2D layer({.filters = 2, .kernel_size = 3}, {.name = "c"});
  CHECK_THROWS_WITH_AS(layer->build({{unknown, 3, unknown, 8, 1}}),
                       "Layer 'conv_lstm_cell' (ConvLSTMCell): ConvLSTM layers only support static "
                       "input shapes for the spatial dimension. Received invalid input shape: "
                       "input_shape=(None, None, 8, 1)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(layer->build({{unknown, 3, 8, 8, unknown}}),
                       "Layer 'conv_lstm_cell' (ConvLSTMCell): The channel dimension of the inputs "
                       "(last axis) should be defined. Found None. Full input shape received: "
                       "input_shape=(None, 8, 8, None)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(layer->build({{2, 3, 4}}),
                       "Input 0 of layer 'c' (ConvLSTM2D) is incompatible with the layer: expected "
                       "ndim=5, found ndim=3. Full shape received: (2, 3, 4)",
                       ShapeError);
}
