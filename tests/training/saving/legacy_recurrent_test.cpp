#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/function.hpp"
#include "../../../layers/rnn/gru.hpp"
#include "../../../layers/rnn/lstm.hpp"
#include "../../../training/saving/legacy/upgrade.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using saving::Origin;

Json upgraded(const std::string& class_name, Json config, int major = 2) {
  LoadReport report;
  config["name"] = "layer";
  return saving::upgrade_model({{"class_name", class_name}, {"config", config}},
                               Origin{.major = major}, report)["config"];
}

/// A model of Keras 2 with a GRU that is called with its initial state.
Json encoder_decoder(const Json& inbound_node) {
  const auto input = [](const char* name, const Json& shape) {
    return Json{{"class_name", "InputLayer"},
                {"name", name},
                {"config", {{"name", name}, {"batch_input_shape", shape}}},
                {"inbound_nodes", Json::array()}};
  };
  const Json layer = {{"class_name", "GRU"},
                      {"name", "gru"},
                      {"config", {{"name", "gru"}, {"units", 2}, {"time_major", false}}},
                      {"inbound_nodes", Json::array({inbound_node})}};
  Json config = Json::object();
  config["name"] = "model";
  config["layers"] = Json::array(
      {input("x", Json::parse("[null, 3, 1]")), input("h", Json::parse("[null, 2]")), layer});
  config["input_layers"] = Json::parse(R"([["x", 0, 0], ["h", 0, 0]])");
  config["output_layers"] = Json::parse(R"([["gru", 0, 0]])");
  return {{"class_name", "Model"}, {"config", config}};
}

}  // namespace

TEST_CASE("What old recurrent layers left unsaid is said") {
  CHECK(upgraded("GRU", {{"units", 1}})["reset_after"] == false);
  CHECK(upgraded("GRU", {{"units", 1}, {"reset_after", true}})["reset_after"] == true);
  CHECK(upgraded("LSTM", {{"output_dim", 1}}, 1)["recurrent_activation"] == "hard_sigmoid_keras2");
  CHECK(upgraded("ConvLSTM2D", {{"filters", 1}})["recurrent_activation"] == "hard_sigmoid_keras2");
  CHECK(upgraded("LSTM", {{"units", 1},
                          {"recurrent_activation", "hard_sigmoid"}})["recurrent_activation"] ==
        "hard_sigmoid_keras2");
  CHECK_FALSE(upgraded("LSTM", {{"units", 1}}).contains("recurrent_activation"));
}

TEST_CASE("Keras 2 turned a layer round that went backwards already") {
  const Json layer = {{"class_name", "LSTM"},
                      {"config", {{"name", "l"}, {"units", 1}, {"go_backwards", true}}}};
  const Json config = upgraded("Bidirectional", {{"layer", layer}});
  CHECK(config["backward_layer"]["config"]["go_backwards"] == false);
  CHECK(config["backward_layer"]["config"]["name"] == "backward_l");
  const Json forward = {{"class_name", "LSTM"}, {"config", {{"name", "l"}, {"units", 1}}}};
  CHECK_FALSE(upgraded("Bidirectional", {{"layer", forward}}).contains("backward_layer"));
}

TEST_CASE("time_major stays where it counts") {
  CHECK(upgraded("LSTM", {{"units", 1}, {"time_major", true}})["time_major"] == true);
  CHECK_FALSE(upgraded("LSTM", {{"units", 1}, {"time_major", false}}).contains("time_major"));
  CHECK_FALSE(upgraded("LSTM", {{"units", 1}, {"implementation", 1}}).contains("implementation"));
}

TEST_CASE("What recurrent layers of Keras 3 cannot do is refused") {
  CHECK_THROWS_WITH_AS(upgraded("RNN", {{"num_constants", 1}}),
                       "Layer 'layer' (RNN): the argument `num_constants`=1 of an old file has no "
                       "counterpart in Keras 3 and changes the result",
                       ValueError);
  CHECK_THROWS_AS(upgraded("StackedRNNCells", {{"reverse_state_order", true}}), ValueError);
}

TEST_CASE("Initial states of Keras 2 come in a list or by keyword") {
  const Json by_list = Json::parse(R"([["x", 0, 0, {}], ["h", 0, 0, {}]])");
  const Json by_keyword = Json::parse(R"([["x", 0, 0, {"initial_state": [["h", 0, 0]]}]])");
  Tensors results;
  for (const Json& node : {by_list, by_keyword}) {
    LoadReport report;
    const Json model = saving::upgrade_model(encoder_decoder(node), Origin{.major = 2}, report);
    const auto function = Function::from_config(model["config"]);
    std::uint64_t seed = 1;
    for (Parameter* weight : function->weights())
      weight->assign(testing::noise(shape_of(weight->value()), seed++));
    Json config = Json::object();
    function->write_config(config);
    CHECK(config["layers"][2]["inbound_nodes"][0]["kwargs"].contains("initial_state"));
    const Tensor x = testing::noise({2, 3, 1}, 7), h = testing::noise({2, 2}, 8);
    const std::vector<const Tensor*> inputs{&x, &h};
    Step step;
    Context context(step);
    context.run(*function, inputs);
    results.push_back(context.output());
  }
  CHECK(testing::same_bits(results[0], results[1]));
}

}  // namespace keratin::inline KERATIN_VARIANT
