#include "layer_config.hpp"

// Initializers, regularizers, constraints and activations as Keras 1 and 2 wrote them.

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

void upgrade_initializer(LayerConfig& layer, const std::string& key, Json& value) {
  if (!value.is_object() || !value.contains("config") || !value["config"].is_object()) return;
  Json& config = value["config"];
  const Json name = value.value("class_name", Json());
  if (config.contains("dtype")) {
    // What the initial numbers were: by now they are weights.
    if (config["dtype"] != "float32")
      layer.report.notes.push_back(
          concat(layer.label(), ": `dtype` of ", key, " was left out: ", config["dtype"].dump()));
    config.erase("dtype");
  }
  if (name == "VarianceScaling" && config.value("distribution", Json()) == "normal")
    config["distribution"] = "truncated_normal";
}

void upgrade_regularizer(Json& value) {
  // Keras 1: {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}
  if (!value.is_object() || value.contains("class_name") || !value.contains("name")) return;
  value = {
      {"class_name", "L1L2"},
      {"config", {{"l1", value.value("l1", Json(0.0))}, {"l2", value.value("l2", Json(0.0))}}}};
}

void upgrade_constraint(Json& value) {
  // Keras 1: {"name": "MaxNorm", "m": 2, "axis": 0}
  if (!value.is_object()) return;
  if (!value.contains("class_name") && value.contains("name")) {
    Json config = value;
    const Json name = config["name"];
    config.erase("name");
    value = {{"class_name", name}, {"config", std::move(config)}};
  }
  if (value.contains("config") && value["config"].is_object() && value["config"].contains("m")) {
    value["config"]["max_value"] = value["config"]["m"];
    value["config"].erase("m");
  }
  if (value["class_name"] == "UnitNorm" || value["class_name"] == "unitnorm")
    value["class_name"] = "UnitNorm";
  if (value["class_name"] == "NonNeg" && value.contains("config")) value["config"] = Json::object();
}

/// NumPy's numbers and arrays in Keras 2: {"type": "ndarray", "value": 0.3}.
void unwrap_number(Json& value) {
  if (value.is_object() && value.size() == 2 && value.contains("type") && value.contains("value") &&
      value["type"].is_string()) {
    value = Json(value["value"]);
  }
}

/// hard_sigmoid was 0.2 x + 0.5, clipped, until Keras 3 took another.
void upgrade_activation(Json& value) {
  const bool is_function = value.is_object() && value.value("class_name", Json()) == "function";
  const Json name = is_function ? value.value("config", Json()) : value;
  if (name == "hard_sigmoid") value = "hard_sigmoid_keras2";
}

}  // namespace

void upgrade_objects(LayerConfig& layer) {
  for (Json& value : layer.config) unwrap_number(value);
  for (auto item = layer.config.begin(); item != layer.config.end(); ++item) {
    const std::string& key = item.key();
    if (key.ends_with("initializer")) upgrade_initializer(layer, key, item.value());
    if (key.ends_with("regularizer")) upgrade_regularizer(item.value());
    if (key.ends_with("constraint")) upgrade_constraint(item.value());
    if (key.ends_with("activation")) upgrade_activation(item.value());
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
