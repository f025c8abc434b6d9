#include "../../../layers/rnn/gru.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;

TEST_CASE("GRU") {
  for (const bool after : {true, false}) {
    CAPTURE(after);
    const std::string kind = after ? "reset after: " : "reset before: ";
    const auto gru = [&](GRUOptions options) {
      options.reset_after = after;
      return GRU(options);
    };
    testing::check_layers({
        {kind + "last output", gru({.units = 5}), {{3, 4, 2}}},
        {kind + "sequences and state",
         gru({.units = 3, .return_sequences = true, .return_state = true, .go_backwards = true}),
         {{2, 5, 4}}},
        {kind + "initial state",
         gru({.units = 3}),
         {{2, 3, 4}, {2, 3}},
         {.call = {.input_names = {"", "initial_state"}}}},
        {kind + "without bias", gru({.units = 3, .use_bias = false}), {{2, 3, 4}}},
        {kind + "other activations",
         gru({.units = 3, .activation = "silu", .recurrent_activation = "softmax"}),
         {{2, 3, 4}}},
        {kind + "no activations",
         gru({.units = 3, .activation = {}, .recurrent_activation = {}}),
         {{2, 2, 4}}},
        {kind + "one of everything", gru({.units = 1}), {{1, 1, 1}}},
        {kind + "nothing", gru({.units = 2}), {{0, 3, 2}}},
        {kind + "dropout",
         gru({.units = 3, .dropout = 0.4, .seed = 1}),
         {{2, 4, 5}},
         {.training = true}},
        {kind + "both dropouts",
         gru({.units = 3, .dropout = 0.3, .recurrent_dropout = 0.3, .seed = 1}),
         {{2, 4, 5}},
         {.training = true}},
        {kind + "masked",
         behind_mask(gru({.units = 3, .return_sequences = true, .return_state = true}), {4, 6, 2}),
         {{4, 6, 2}}},
        {kind + "masked to zero",
         behind_mask(gru({.units = 3, .return_sequences = true, .zero_output_for_mask = true}),
                     {4, 6, 2}),
         {{4, 6, 2}}},
        {kind + "large", gru({.units = 70, .return_sequences = true}), {{9, 3, 40}}},
    });
  }
}

TEST_CASE("GRUCell") {
  testing::check_layers({
      {"reset after", GRUCell({.units = 5}), {{3, 2}, {3, 5}}},
      {"reset before", GRUCell({.units = 5, .reset_after = false}), {{3, 2}, {3, 5}}},
  });
}

TEST_CASE("GRU has Keras's config and the bias of its kind") {
  CHECK(testing::config_keys(GRU({.units = 4})) ==
        "name trainable dtype return_sequences return_state go_backwards stateful unroll "
        "zero_output_for_mask units activation recurrent_activation use_bias kernel_initializer "
        "recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer "
        "bias_regularizer activity_regularizer kernel_constraint recurrent_constraint "
        "bias_constraint dropout recurrent_dropout reset_after seed ");
  const GRU after({.units = 2}), before({.units = 2, .reset_after = false});
  after->build({{1, 3, 4}});
  before->build({{1, 3, 4}});
  CHECK(shape_of(after->weights()[2]->value()) == Shape{2, 6});
  CHECK(shape_of(before->weights()[2]->value()) == Shape{6});
}

TEST_CASE("GRU refuses wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(GRU({.units = -1}, {.name = "g"}),
                       "Layer 'g' (GRU): Received an invalid value for argument `units`, expected "
                       "a positive integer, got -1.",
                       ValueError);
  CHECK_THROWS_AS(GRUCell({.units = 0}), ValueError);
  CHECK_THROWS_AS(GRU({.units = 2, .use_cudnn = true}), ValueError);
}
