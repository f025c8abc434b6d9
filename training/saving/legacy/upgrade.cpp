#include "upgrade.hpp"

#include <algorithm>
#include <functional>

#include "../../../framework/layer.hpp"
#include "input_shape.hpp"
#include "layer_config.hpp"
#include "merge_models.hpp"
#include "operations.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

class Upgrader {
 public:
  Upgrader(const Origin& origin, LoadReport& report) : origin_(origin), report_(report) {}

  /// A layer or model with its "class_name" and "config".
  Json upgrade(const Json& entry) {
    if (!entry.is_object() || !entry.contains("class_name") || !entry["class_name"].is_string())
      throw ValueError(concat("A layer of the file reads ", entry.dump().substr(0, 200)));
    if (begins_with_merge(entry)) return renamed(entry, upgrade(functional_of_merge(entry)));
    Json result = entry;
    if (is_model_class(entry["class_name"])) {
      result["config"] = model_config(entry);
      if (entry["class_name"] != "Sequential") result["class_name"] = "Functional";
      return result;
    }
    LayerConfig layer{entry["class_name"].get<std::string>(), entry.value("config", Json::object()),
                      origin_, report_};
    if (!layer.config.is_object())
      throw ValueError(concat(layer.class_name, ": the config is no object"));
    if (!is_registered_by_user(layer.class_name)) {
      rename_keras1(layer);
      rename_keras2(layer);
    }
    upgrade_objects(layer);
    for (const char* key : {"layer", "cell", "backward_layer", "forward_layer"}) {
      if (layer.has(key) && layer.config[key].is_object())
        layer.config[key] = upgrade(layer.config[key]);
    }
    if (layer.has("cells") && layer.config["cells"].is_array()) {
      for (Json& cell : layer.config["cells"]) cell = upgrade(cell);
    }
    if (result.contains("inbound_nodes")) name_initial_states(layer, result["inbound_nodes"]);
    result["class_name"] = layer.class_name;
    result["config"] = std::move(layer.config);
    return result;
  }

 private:
  Json model_config(const Json& entry) {
    const bool is_sequential = entry["class_name"] == "Sequential";
    Json config = entry.value("config", Json());
    if (config.is_array()) {
      // Until Keras 2.2.2 a Sequential was its list of layers.
      Json layers = std::move(config);
      config = Json::object();
      if (entry.contains("name")) config["name"] = entry["name"];
      config["layers"] = std::move(layers);
    }
    if (!config.is_object() || !config.contains("layers") || !config["layers"].is_array())
      throw ValueError("A model of the file has no list of layers");
    const Json first = config["layers"].empty() ? Json() : config["layers"][0];
    const bool needs_input =
        is_sequential && first.is_object() && first.value("class_name", Json()) != "InputLayer";
    const Json shape = needs_input ? input_shape_of(first) : Json();
    Json layers = Json::array();
    for (const Json& layer : config["layers"]) {
      if (is_tensorflow_operation(layer)) {
        for (Json& operation : upgrade_tensorflow_operation(layer))
          layers.push_back(std::move(operation));
      } else {
        layers.push_back(upgrade(layer));
      }
    }
    config["layers"] = std::move(layers);
    if (!shape.is_null()) {
      config["layers"].insert(config["layers"].begin(), input_layer(shape, first));
    }
    return config;
  }

  /// `model`, at the place that `entry` had in a graph.
  static Json renamed(const Json& entry, Json model) {
    for (const char* key : {"name", "inbound_nodes"}) {
      if (entry.contains(key)) model[key] = entry[key];
    }
    return model;
  }

  /// Classes that only old versions had may be the program's own by now.
  static bool is_registered_by_user(const std::string& class_name) {
    return (class_name == "Merge" || class_name == "FixedDropout") &&
           Registry<Layer>::instance().contains(class_name);
  }

  static Json input_layer(const Json& shape, const Json& first) {
    const Json config = first.value("config", Json::object());
    Json input = {{"batch_shape", shape}};
    if (config.is_object() && config.contains("name") && config["name"].is_string())
      input["name"] = config["name"].get<std::string>() + "_input";
    return {{"class_name", "InputLayer"}, {"config", std::move(input)}};
  }

  const Origin& origin_;
  LoadReport& report_;
};

/// Whether any object within `json` has one of the keys.
bool mentions(const Json& json, std::initializer_list<const char*> keys) {
  if (json.is_object() &&
      std::ranges::any_of(keys, [&](const char* key) { return json.contains(key); })) {
    return true;
  }
  return json.is_structured() &&
         std::ranges::any_of(json, [&](const Json& item) { return mentions(item, keys); });
}

}  // namespace

int keras_major(const std::string& version, const Json& model) {
  if (!version.empty() && version[0] >= '1' && version[0] <= '9')
    return std::min(version[0] - '0', 3);
  if (mentions(model, {"nb_filter", "border_mode", "dim_ordering", "inner_init", "consume_less",
                       "W_regularizer"})) {
    return 1;
  }
  if (mentions(model, {"batch_input_shape"})) return 2;
  return mentions(model, {"registered_name", "batch_shape"}) ? 3 : 2;
}

Json upgrade_model(const Json& model, const Origin& origin, LoadReport& report) {
  if (origin.major >= 3) return model;
  try {
    return Upgrader(origin, report).upgrade(model);
  } catch (const nlohmann::json::exception& error) {
    throw ValueError(concat("The config of the model is malformed: ", error.what()));
  } catch (const std::logic_error& error) {
    // What is no number where the text of a protocol buffer has one.
    throw ValueError(concat("The config of the model is malformed: ", error.what()));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
