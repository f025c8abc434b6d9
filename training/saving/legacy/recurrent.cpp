#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "layer_config.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_recurrent(const std::string& name) {
  return is_one_of(name, {"RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional"}) ||
         name.starts_with("ConvLSTM");
}

/// ["layer", call, output] or the same with {keywords} behind.
bool is_history(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string();
}

/// Keras 2 made the backward layer by turning the layer round, Keras 3 by going backwards.
void add_backward_layer(Json& config) {
  const auto layer = config.find("layer");
  if (layer == config.end() || !layer->is_object() || !layer->contains("config")) return;
  if (config.contains("backward_layer") && !config["backward_layer"].is_null()) return;
  Json backward = *layer;
  Json& options = backward["config"];
  if (!options.is_object() || options.value("go_backwards", Json(false)) != true) return;
  options["go_backwards"] = false;
  if (options.contains("name") && options["name"].is_string())
    options["name"] = "backward_" + options["name"].get<std::string>();
  config["backward_layer"] = std::move(backward);
}

}  // namespace

void upgrade_recurrent(LayerConfig& layer) {
  const std::string& name = layer.class_name;
  // The argument came with Keras 2.1; before, the reset was always before the product.
  if (is_one_of(name, {"GRU", "GRUCell"}) && !layer.has("reset_after"))
    layer.config["reset_after"] = false;
  const bool had_hard_gates =
      name.starts_with("ConvLSTM") || (layer.origin.major == 1 && is_one_of(name, {"LSTM", "GRU"}));
  if (had_hard_gates && !layer.has("recurrent_activation"))
    layer.config["recurrent_activation"] = "hard_sigmoid";
  if (name == "Bidirectional") add_backward_layer(layer.config);
  // True stays: our layers know it, though Keras's no longer do.
  if (layer.has("time_major") && layer.config["time_major"] != true) layer.drop("time_major");
}

void name_initial_states(const LayerConfig& layer, Json& inbound_nodes) {
  if (!is_recurrent(layer.class_name) || !inbound_nodes.is_array()) return;
  for (Json& node : inbound_nodes) {
    if (!node.is_array() || node.size() < 2 || !std::ranges::all_of(node, is_history)) continue;
    Json call = node[0], states = Json::array();
    if (call.size() < 4 || !call[3].is_object()) call[3] = Json::object();
    if (call[3].contains("initial_state")) continue;
    for (std::size_t i = 1; i < node.size(); ++i)
      states.push_back(Json::array({node[i][0], node[i][1], node[i][2]}));
    call[3]["initial_state"] = std::move(states);
    node = Json::array({std::move(call)});
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
