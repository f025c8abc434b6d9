// What a graph's config says of calls, and what becomes of it.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../layers/rnn/gru.hpp"
#include "../../../layers/rnn/lstm.hpp"
#include "../../../training/model.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using layers::GRU;
using layers::LSTM;

Json config_of(const Function& function) {
  Json config = Json::object();
  function.write_config(config);
  return config;
}

/// The "kwargs" of the call of the last layer.
Json& keywords(Json& config) { return config["layers"].back()["inbound_nodes"][0]["kwargs"]; }

std::shared_ptr<Function> copy_of(const Function& function) {
  const auto copy = Function::from_config(config_of(function));
  const auto from = function.weights(), to = copy->weights();
  for (std::size_t i = 0; i < from.size(); ++i) to[i]->assign(from[i]->value());
  return copy;
}

Tensor computed(const Function& function, const Tensors& inputs) {
  std::vector<const Tensor*> refs;
  for (const Tensor& input : inputs) refs.push_back(&input);
  Step step;
  Context context(step);
  context.run(function, refs);
  return context.output();
}

}  // namespace

TEST_CASE("a mask comes by keyword, wherever it stands") {
  const SymbolicTensor input = Input({3, 2}), mask = Input({3});
  const LSTM layer({.units = 2, .return_sequences = true});
  const Tensor x = testing::noise({2, 3, 2}, 1), m = testing::filled({2, 3}, {1, 0, 1, 1, 1, 0});
  const Model behind({input, mask}, layer.call({input, mask}, {.input_names = {"", "mask"}}));
  const Model before({input, mask}, layer.call({mask, input}, {.input_names = {"mask", ""}}));
  const Model without({input}, {layer(input)});
  const Tensor y = computed(behind.function(), {x, m});
  CHECK(testing::same_bits(computed(before.function(), {x, m}), y));
  CHECK_FALSE(testing::same_bits(computed(without.function(), {x}), y));
  CHECK(testing::same_bits(computed(without.function(), {x}),
                           computed(behind.function(), {x, full({2, 3}, 1)})));
  CHECK(testing::same_bits(computed(*copy_of(behind.function()), {x, m}), y));
  Json config = config_of(behind.function());
  CHECK(keywords(config)["mask"]["class_name"] == "__keras_tensor__");
  CHECK(config["layers"].back()["inbound_nodes"][0]["args"].size() == 1);

  // Backward has no gradient for it.
  Step step{.backward = true};
  Context context(step);
  const std::vector<const Tensor*> refs{&x, &m};
  context.run(behind.function(), refs);
  const Tensors gradients = context.run_backward(Tensors{full({2, 3, 2}, 1)});
  REQUIRE(gradients.size() == 2);
  CHECK(shape_of(gradients[0]) == shape_of(x));
  CHECK(gradients[1] == zeros({2, 3}));
}

TEST_CASE("keywords keep their order, and lists of one stay lists") {
  const SymbolicTensor input = Input({3, 2}), state = Input({2});
  const GRU layer({.units = 2});
  const Model model({input, state},
                    layer.call({input, state}, {.input_names = {"", "initial_state"}}));
  Json config = config_of(model.function());
  const Json tensor = keywords(config)["initial_state"];
  CHECK(tensor["class_name"] == "__keras_tensor__");
  for (const Json& value : {tensor, Json::array({tensor})}) {
    Json call = Json::object();
    call["training"] = false;
    call["initial_state"] = value;
    call["mask"] = nullptr;
    keywords(config) = call;
    Json again = config_of(*Function::from_config(config));
    CHECK(keywords(again).dump() == call.dump());
  }
}

}  // namespace keratin::inline KERATIN_VARIANT
