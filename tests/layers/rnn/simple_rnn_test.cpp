#include "../../../layers/rnn/simple_rnn.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;
using testing::filled;

TEST_CASE("SimpleRNN") {
  testing::check_layers({
      {"last output", SimpleRNN({.units = 5}), {{3, 4, 2}}},
      {"sequences and state",
       SimpleRNN(
           {.units = 3, .return_sequences = true, .return_state = true, .go_backwards = true}),
       {{2, 5, 4}}},
      {"initial state",
       SimpleRNN({.units = 3}),
       {{2, 3, 4}, {2, 3}},
       {.call = {.input_names = {"", "initial_state"}}}},
      {"without bias", SimpleRNN({.units = 3, .use_bias = false}), {{2, 3, 4}}},
      {"silu", SimpleRNN({.units = 3, .activation = "silu"}), {{2, 3, 4}}},
      {"linear", SimpleRNN({.units = 3, .activation = {}}), {{2, 3, 4}}},
      {"one of everything", SimpleRNN({.units = 1}), {{1, 1, 1}}},
      {"nothing", SimpleRNN({.units = 2}), {{0, 3, 2}}},
      {"both dropouts",
       SimpleRNN({.units = 3, .dropout = 0.3, .recurrent_dropout = 0.3, .seed = 1}),
       {{2, 4, 5}},
       {.training = true}},
      {"masked",
       behind_mask(SimpleRNN({.units = 3, .return_sequences = true, .return_state = true}),
                   {4, 6, 2}),
       {{4, 6, 2}}},
      {"masked to zero",
       behind_mask(SimpleRNN({.units = 3, .return_sequences = true, .zero_output_for_mask = true}),
                   {4, 6, 2}),
       {{4, 6, 2}}},
      {"cell", SimpleRNNCell({.units = 5}), {{3, 2}, {3, 5}}},
  });
}

TEST_CASE("SimpleRNN's config leaves out the seed, as Keras's does") {
  CHECK(testing::config_keys(SimpleRNN({.units = 4, .seed = 3})) ==
        "name trainable dtype return_sequences return_state go_backwards stateful unroll "
        "zero_output_for_mask units activation use_bias kernel_initializer recurrent_initializer "
        "bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer "
        "activity_regularizer kernel_constraint recurrent_constraint bias_constraint dropout "
        "recurrent_dropout ");
  Json config = SimpleRNN({.units = 4})->get_config();
  config["seed"] = 5;
  CHECK(SimpleRNNLayer::from_config(config)->options().seed == Dim{5});
}

namespace {

/// h' = h + x, which shows what a recurrent layer does with its states.
SimpleRNN sum(SimpleRNNOptions options) {
  options.units = 1;
  options.activation = {};
  options.kernel_initializer = "ones";
  options.recurrent_initializer = "ones";
  return SimpleRNN(options);
}

}  // namespace

TEST_CASE("a masked step keeps the state and repeats the output") {
  const Tensor x = filled({1, 5, 1}, {1, 2, 4, 8, 16}), mask = filled({1, 5}, {0, 1, 0, 1, 0});
  const auto of = [&](SimpleRNNOptions options) {
    return testing::computed(sum(options), {x}, &mask);
  };
  Tensors y = of({.return_sequences = true, .return_state = true});
  CHECK(y[0] == filled({1, 5, 1}, {0, 2, 2, 10, 10}));
  CHECK(y[1] == filled({1, 1}, {10}));
  y = of({.return_sequences = true, .zero_output_for_mask = true});
  CHECK(y[0] == filled({1, 5, 1}, {0, 2, 0, 10, 0}));
  CHECK(of({})[0] == filled({1, 1}, {10}));
  CHECK(of({.zero_output_for_mask = true})[0] == filled({1, 1}, {0}));
  // From the end, the outputs in that order.
  y = of({.return_sequences = true, .go_backwards = true});
  CHECK(y[0] == filled({1, 5, 1}, {0, 8, 8, 10, 10}));
  // The output before the first step is zero, whatever the state.
  y = testing::computed(sum({.return_sequences = true, .return_state = true}),
                        {x, filled({1, 1}, {100})}, &mask);
  CHECK(y[0] == filled({1, 5, 1}, {0, 102, 102, 110, 110}));
}

TEST_CASE("the mask goes on with the sequence alone") {
  const Tensor x = full({1, 2, 1}, 1), mask = filled({1, 2}, {1, 0});
  const auto passed = [&](SimpleRNNOptions options) {
    const SimpleRNN layer = sum(options);
    layer->build({{1, 2, 1}});
    Step step;
    Context context(step);
    context.set_masks({&mask});
    context.run(*layer, x);
    return std::pair(context.output_mask(0) != nullptr, context.output_mask(1) != nullptr);
  };
  CHECK(passed({}) == std::pair(false, false));
  CHECK(passed({.return_sequences = true, .return_state = true}) == std::pair(true, false));
}

TEST_CASE("dropout is drawn once for a sequence, anew in each step of training") {
  SimpleRNNOptions options{.units = 50,
                           .activation = {},
                           .kernel_initializer = "identity",
                           .recurrent_initializer = "zeros",
                           .dropout = 0.5,
                           .return_sequences = true,
                           .seed = 3};
  const SimpleRNN layer(options);
  layer->build({{1, 3, 50}});
  const Tensor x = full({1, 3, 50}, 1);
  const auto trained = [&](std::uint64_t index) {
    Step step{.training = true, .index = index};
    Context context(step);
    context.run(*layer, x);
    return context.take_outputs()[0];
  };
  const Tensor first = trained(0);
  std::size_t dropped = 0;
  for (std::size_t u = 0; u < 50; ++u) {
    CHECK((first(0, 0, u) == 0 || first(0, 0, u) == 2));
    for (std::size_t t = 1; t < 3; ++t) CHECK(first(0, t, u) == first(0, 0, u));
    dropped += first(0, 0, u) == 0;
  }
  CHECK(dropped > 10);
  CHECK(dropped < 40);
  CHECK(testing::same_bits(trained(0), first));
  CHECK_FALSE(testing::same_bits(trained(1), first));
}
