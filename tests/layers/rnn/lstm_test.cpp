#include "../../../layers/rnn/lstm.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;

TEST_CASE("LSTM") {
  const CallOptions with_state{.input_names = {"", "initial_state", "initial_state"}};
  testing::check_layers({
      {"last output", LSTM({.units = 5}), {{3, 4, 2}}},
      {"sequences", LSTM({.units = 5, .return_sequences = true}), {{3, 4, 2}}},
      {"states", LSTM({.units = 3, .return_state = true}), {{2, 3, 4}}},
      {"all of it, backwards",
       LSTM({.units = 3, .return_sequences = true, .return_state = true, .go_backwards = true}),
       {{2, 5, 4}}},
      {"initial state",
       LSTM({.units = 3, .return_state = true}),
       {{2, 3, 4}, {2, 3}, {2, 3}},
       {.call = with_state}},
      {"without bias", LSTM({.units = 3, .use_bias = false}), {{2, 3, 4}}},
      {"other activations",
       LSTM({.units = 3, .activation = "silu", .recurrent_activation = "softmax"}),
       {{2, 3, 4}}},
      {"no activations",
       LSTM({.units = 3, .activation = {}, .recurrent_activation = {}}),
       {{2, 2, 4}}},
      {"one of everything", LSTM({.units = 1}), {{1, 1, 1}}},
      {"nothing", LSTM({.units = 2, .return_sequences = true}), {{0, 3, 2}}},
      {"no steps", LSTM({.units = 2}), {{3, 0, 2}}},
      {"time first", LSTM({.units = 3, .return_sequences = true, .time_major = true}), {{4, 2, 3}}},
      {"dropout",
       LSTM({.units = 3, .dropout = 0.4, .seed = 1, .return_sequences = true}),
       {{2, 4, 5}},
       {.training = true}},
      {"recurrent dropout",
       LSTM({.units = 3, .recurrent_dropout = 0.4, .seed = 1}),
       {{2, 4, 5}},
       {.training = true}},
      {"both",
       LSTM({.units = 3, .dropout = 0.3, .recurrent_dropout = 0.3, .seed = 1}),
       {{2, 4, 5}},
       {.training = true}},
      {"masked",
       behind_mask(LSTM({.units = 3, .return_sequences = true, .return_state = true}), {4, 6, 2}),
       {{4, 6, 2}}},
      {"masked, last, backwards",
       behind_mask(LSTM({.units = 3, .go_backwards = true}), {4, 6, 2}),
       {{4, 6, 2}}},
      {"masked to zero",
       behind_mask(LSTM({.units = 3, .return_sequences = true, .zero_output_for_mask = true}),
                   {4, 6, 2}),
       {{4, 6, 2}}},
      {"large", LSTM({.units = 70, .return_sequences = true}), {{9, 3, 40}}},
  });
}

TEST_CASE("LSTMCell") {
  testing::check_layers({
      {"plain", LSTMCell({.units = 5}), {{3, 2}, {3, 5}, {3, 5}}},
      {"dropout",
       LSTMCell({.units = 3, .dropout = 0.4, .recurrent_dropout = 0.2, .seed = 1}),
       {{3, 2}, {3, 3}, {3, 3}},
       {.training = true}},
  });
}

TEST_CASE("LSTM begins with ones in the bias of the forget gate") {
  const LSTM layer({.units = 2});
  layer->build({{1, 3, 4}});
  CHECK(layer->weights()[2]->value() == testing::filled({8}, {0, 0, 1, 1, 0, 0, 0, 0}));
  const LSTM without({.units = 2, .unit_forget_bias = false});
  without->build({{1, 3, 4}});
  CHECK(without->weights()[2]->value() == zeros({8}));
}

TEST_CASE("LSTM has Keras's config") {
  const Json config = LSTM({.units = 4, .dropout = 2}, {.name = "l"})->get_config();
  CHECK(testing::config_keys(LSTM({.units = 4})) ==
        "name trainable dtype return_sequences return_state go_backwards stateful unroll "
        "zero_output_for_mask units activation recurrent_activation use_bias kernel_initializer "
        "recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer "
        "recurrent_regularizer bias_regularizer activity_regularizer kernel_constraint "
        "recurrent_constraint bias_constraint dropout recurrent_dropout seed ");
  CHECK(config["dropout"] == 1.0);
  CHECK(testing::config_keys(LSTMCell({.units = 4})) ==
        "name trainable dtype units activation recurrent_activation use_bias unit_forget_bias "
        "kernel_initializer recurrent_initializer bias_initializer kernel_regularizer "
        "recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint "
        "bias_constraint dropout recurrent_dropout seed ");
}

TEST_CASE("LSTM reads what Keras reads but does not write") {
  Json config = LSTM({.units = 4})->get_config();
  config["implementation"] = 1;
  config["use_cudnn"] = "auto";
  CHECK_NOTHROW(LSTMLayer::from_config(config));
  config["use_cudnn"] = "never";
  CHECK_THROWS_WITH_AS(LSTMLayer::from_config(config),
                       doctest::Contains("Invalid value for argument `use_cudnn`. Received: "
                                         "use_cudnn=\"never\" (Expected one of {'auto', True, "
                                         "False}.)"),
                       ValueError);
}

TEST_CASE("LSTM refuses wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(LSTM({.units = 0}, {.name = "l"}),
                       "Layer 'l' (LSTM): Received an invalid value for argument `units`, expected "
                       "a positive integer, got 0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(LSTMCell({}, {.name = "c"}),
                       "Layer 'c' (LSTMCell): Received an invalid value for argument `units`, "
                       "expected a positive integer, got 0.",
                       ValueError);
  CHECK_THROWS_WITH_AS(LSTM({.units = 2, .use_cudnn = true}, {.name = "l"}),
                       "Layer 'l' (LSTM): use_cudnn=True was specified, but cuDNN is not supported "
                       "for this layer configuration with this backend. Pass use_cudnn='auto' to "
                       "fallback to a non-cuDNN implementation.",
                       ValueError);
  CHECK_THROWS_WITH_AS(LSTM({.units = 2}, {.name = "l"})(zeros({2, 3})),
                       "Input 0 of layer 'l' (LSTM) is incompatible with the layer: expected "
                       "ndim=3, found ndim=2. Full shape received: (2, 3)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      testing::computed(LSTM({.units = 2}, {.name = "l"}), {zeros({2, 3, 1}), zeros({2, 2})}),
      "Layer 'l' (LSTM): An `initial_state` was passed that is not compatible with "
      "`cell.state_size`. Expected [(2, 2), (2, 2)]. Received: [(2, 2)]",
      ShapeError);
  const LSTMCell cell({.units = 2}, {.name = "c"});
  CHECK_THROWS_WITH_AS(testing::computed(cell, {zeros({2, 3}), zeros({2, 2})}),
                       "Layer 'c' (LSTMCell): takes one input and 2 states. Received: 2 tensors",
                       ValueError);
  const Tensor mask = zeros({2, 4});
  CHECK_THROWS_WITH_AS(
      testing::computed(LSTM({.units = 2}, {.name = "l"}), {zeros({2, 3, 1})}, &mask),
      "Layer 'l' (LSTM): the mask must have the shape (2, 3). Received: (2, 4)", ShapeError);
}
