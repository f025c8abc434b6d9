#include "../../../layers/rnn/bidirectional.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/core/dense.hpp"
#include "../../../layers/rnn/gru.hpp"
#include "../../../layers/rnn/lstm.hpp"
#include "../../../layers/rnn/simple_rnn.hpp"
#include "rnn_support.hpp"

using namespace keratin;
using namespace keratin::layers;
using testing::behind_mask;
using testing::filled;

TEST_CASE("Bidirectional") {
  const auto both = [](LSTMOptions options, std::optional<std::string> mode) {
    options.units = 2;
    return Bidirectional({.layer = LSTM(options), .merge_mode = mode});
  };
  std::vector<testing::LayerCase> cases;
  for (const char* mode : {"concat", "sum", "mul", "ave", ""}) {
    const std::string name(mode);
    const auto merge = name.empty() ? std::nullopt : std::optional(name);
    cases.push_back({name + " of last outputs", both({}, merge), {{3, 4, 2}}});
    cases.push_back({name + " of sequences", both({.return_sequences = true}, merge), {{3, 4, 2}}});
    cases.push_back({name + " with states",
                     both({.return_sequences = true, .return_state = true}, merge),
                     {{3, 4, 2}}});
    cases.push_back(
        {name + " of masked sequences",
         behind_mask(both({.return_sequences = true, .return_state = true}, merge), {3, 4, 2}),
         {{3, 4, 2}}});
  }
  cases.push_back({"initial states",
                   Bidirectional({.layer = GRU({.units = 2})}),
                   {{3, 4, 2}, {3, 2}, {3, 2}},
                   {.call = {.input_names = {"", "initial_state", "initial_state"}}}});
  cases.push_back({"another backward layer",
                   Bidirectional({.layer = SimpleRNN({.units = 2}),
                                  .merge_mode = "sum",
                                  .backward_layer = GRU({.units = 2, .go_backwards = true})}),
                   {{3, 4, 2}}});
  cases.push_back({"dropout",
                   Bidirectional({.layer = GRU({.units = 2, .dropout = 0.4, .seed = 1})}),
                   {{3, 4, 2}},
                   {.training = true}});
  testing::check_layers(cases);
}

TEST_CASE("Bidirectional reads from both ends and turns the sequence of the second around") {
  const Bidirectional layer({.layer = SimpleRNN({.units = 1,
                                                 .activation = {},
                                                 .kernel_initializer = "ones",
                                                 .recurrent_initializer = "ones",
                                                 .return_sequences = true})});
  CHECK(layer(filled({1, 3, 1}, {1, 2, 4})) == filled({1, 3, 2}, {1, 7, 3, 6, 7, 4}));
  const Tensor mask = filled({1, 3}, {1, 0, 1});
  const Tensors masked = testing::computed(layer, {filled({1, 3, 1}, {1, 2, 4})}, &mask);
  CHECK(masked[0] == filled({1, 3, 2}, {1, 5, 0, 0, 5, 4}));
}

TEST_CASE("Bidirectional names its layers and has Keras's config") {
  const Bidirectional layer({.layer = LSTM({.units = 2, .return_sequences = true}, {.name = "l"})},
                            {.name = "b"});
  CHECK(layer->forward_layer().name() == "forward_l");
  CHECK(layer->backward_layer().name() == "backward_l");
  const Json config = layer->get_config();
  CHECK(testing::config_keys(layer) == "name trainable dtype merge_mode layer backward_layer ");
  CHECK(config["layer"]["config"]["zero_output_for_mask"] == true);
  CHECK(config["backward_layer"]["config"]["go_backwards"] == true);
  // Made again from its own config, the names stay.
  CHECK(BidirectionalLayer::from_config(config)->forward_layer().name() == "forward_l");
  CHECK(
      Bidirectional({.layer = LSTM({.units = 2}), .merge_mode = {}})->get_config()["merge_mode"] ==
      nullptr);
}

TEST_CASE("Bidirectional passes its mask on with sequences") {
  const Tensor x = full({1, 2, 1}, 1), mask = filled({1, 2}, {1, 0});
  for (const bool sequences : {true, false}) {
    const Bidirectional layer({.layer = LSTM({.units = 1, .return_sequences = sequences})});
    layer->build({{1, 2, 1}});
    Step step;
    Context context(step);
    context.set_masks({&mask});
    context.run(*layer, x);
    CHECK((context.output_mask() != nullptr) == sequences);
  }
}

TEST_CASE("Bidirectional refuses layers that do not go together, in Keras's words") {
  const LSTM forward({.units = 2}, {.name = "f"});
  CHECK_THROWS_WITH_AS(Bidirectional({}, {.name = "b"}),
                       "Layer 'b' (Bidirectional): Please initialize `Bidirectional` layer with a "
                       "`keras.layers.Layer` instance. Received: None",
                       ValueError);
  CHECK_THROWS_WITH_AS(Bidirectional({.layer = forward, .merge_mode = "max"}, {.name = "b"}),
                       "Layer 'b' (Bidirectional): Invalid merge mode. Received: max. Merge mode "
                       "should be one of {\"sum\", \"mul\", \"ave\", \"concat\", None}",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      Bidirectional({.layer = forward, .backward_layer = LSTM({.units = 2})}, {.name = "b"}),
      "Layer 'b' (Bidirectional): Forward layer and backward layer should have different "
      "`go_backwards` value. Received: forward_layer.go_backwards False, "
      "backward_layer.go_backwards=False",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Bidirectional(
          {.layer = forward,
           .backward_layer = LSTM({.units = 2, .return_sequences = true, .go_backwards = true})},
          {.name = "b"}),
      "Layer 'b' (Bidirectional): Forward layer and backward layer are expected to have the same "
      "value for attribute \"return_sequences\", got \"False\" for forward layer and \"True\" for "
      "backward layer",
      ValueError);
  CHECK_THROWS_WITH_AS(
      Bidirectional({.layer = Dense({.units = 2}, {.name = "d"})}, {.name = "b"}),
      "Layer 'b' (Bidirectional): the wrapped layer must have the arguments `go_backwards`, "
      "`return_sequences`, `return_state` and `stateful`. Received: Layer 'd' (Dense)",
      ValueError);
}
