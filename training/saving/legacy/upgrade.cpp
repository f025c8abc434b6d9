#include "upgrade.hpp"

#include <algorithm>
#include <functional>

#include "layer_config.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

bool is_model(const Json& class_name) {
  return class_name == "Sequential" || class_name == "Model" || class_name == "Functional";
}

class Upgrader {
 public:
  Upgrader(const Origin& origin, LoadReport& report) : origin_(origin), report_(report) {}

  /// A layer or model with its "class_name" and "config".
  Json upgrade(const Json& entry) {
    if (!entry.is_object() || !entry.contains("class_name") || !entry["class_name"].is_string())
      throw ValueError(concat("A layer of the file reads ", entry.dump().substr(0, 200)));
    Json result = entry;
    if (is_model(entry["class_name"])) {
      result["config"] = model_config(entry);
      return result;
    }
    LayerConfig layer{entry["class_name"].get<std::string>(), entry.value("config", Json::object()),
                      origin_, report_};
    if (!layer.config.is_object())
      throw ValueError(concat(layer.class_name, ": the config is no object"));
    rename_keras1(layer);
    rename_keras2(layer);
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
    const Json shape = is_sequential ? input_shape(config["layers"]) : Json();
    const Json first = config["layers"].empty() ? Json() : config["layers"][0];
    for (Json& layer : config["layers"]) layer = upgrade(layer);
    if (!shape.is_null()) {
      config["layers"].insert(config["layers"].begin(), input_layer(shape, first));
    }
    return config;
  }

  /// The shape that a Sequential without an InputLayer takes: its first layer has it, or a layer
  /// within that. Null where none says.
  static Json input_shape(const Json& layers) {
    if (layers.empty() || !layers[0].is_object()) return {};
    const Json& first = layers[0];
    if (first.value("class_name", Json()) == "InputLayer") return {};
    return shape_of_entry(first);
  }

  static Json shape_of_entry(const Json& entry) {
    const Json config = entry.value("config", Json());
    if (is_model(entry.value("class_name", Json()))) {
      const Json layers = config.is_array()    ? config
                          : config.is_object() ? config.value("layers", Json::array())
                                               : Json::array();
      for (const Json& layer : layers) {
        if (!layer.is_object()) continue;
        const Json shape = shape_of_entry(layer);
        if (!shape.is_null()) return shape;
        break;
      }
      return {};
    }
    if (!config.is_object()) return {};
    for (const char* key : {"batch_input_shape", "batch_shape"}) {
      if (config.contains(key) && config[key].is_array()) return config[key];
    }
    if (config.contains("layer") && config["layer"].is_object())
      return shape_of_entry(config["layer"]);
    if (entry.value("class_name", Json()) == "Embedding" && config.contains("input_length"))
      return Json::array({nullptr, config["input_length"]});
    return {};
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
  return Upgrader(origin, report).upgrade(model);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
