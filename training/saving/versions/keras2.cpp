#include "keras2.hpp"

#include <map>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../../../framework/shape_json.hpp"
#include "../python_json.hpp"
#include "keras2_optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

bool is_tensor(const Json& json) {
  return json.is_object() && json.value("class_name", Json()) == "__keras_tensor__";
}

class ModelConverter {
 public:
  /// A layer or model with its module, class name and config.
  Json convert(const Json& json, const Layer* layer) const {
    const auto* function = dynamic_cast<const Function*>(layer);
    auto class_name = json["class_name"].get<std::string>();
    Json config = json["config"];
    Json result = {{"module", json.value("module", Json("keras.layers"))}};
    const bool is_model = config.contains("layers") && config["layers"].is_array();
    if (is_model) {
      config =
          class_name == "Sequential" ? sequential(config, function) : functional(config, function);
      if (class_name != "Sequential") result["module"] = "keras.src.engine.functional";
    } else {
      if (result["module"] != "keras.layers") {
        throw ValueError(concat("Layer '", config.value("name", Json("")).get<std::string>(), "' (",
                                class_name, "): an operation or a custom class cannot be ",
                                "written for Keras 2.15. Allowed: keras_version=3.0 or newer"));
      }
      const std::string label = concat("Layer '", config.value("name", Json("")).get<std::string>(),
                                       "' (", class_name, ")");
      for (const char* key : {"layer", "backward_layer", "cell"}) {
        if (config.contains(key) && config[key].is_object())
          config[key] = convert(config[key], nullptr);
      }
      if (config.contains("cells")) {
        for (Json& cell : config["cells"]) cell = convert(cell, nullptr);
      }
      keras2_layer(class_name, config, layer);
      for (auto& [key, value] : config.items()) {
        if (key != "layer" && key != "backward_layer" && key != "cell" && key != "cells")
          keras2_objects(label, value);
        if (key.ends_with("activation")) keras2_activation(label, key, value);
      }
    }
    result["class_name"] = class_name;
    result["config"] = std::move(config);
    result["registered_name"] = json.value("registered_name", Json());
    if (layer && class_name != "InputLayer" && !layer->build_shapes().empty()) {
      Json shapes = Json::array();
      for (const Shape& shape : layer->build_shapes()) shapes.push_back(ShapeJson{shape});
      result["build_config"]["input_shape"] = shapes.size() == 1 ? Json(shapes[0]) : shapes;
    }
    return result;
  }

 private:
  Json sequential(const Json& config, const Function* function) const {
    Json result = {{"name", config["name"]}, {"layers", Json::array()}};
    for (const Json& entry : config["layers"])
      result["layers"].push_back(convert(entry, layer_of(entry, function).get()));
    return result;
  }

  Json functional(const Json& config, const Function* function) const {
    std::set<std::string> rows;  // nested Sequentials, whose calls tf.keras counts from 1
    for (const Json& entry : config["layers"]) {
      if (entry["class_name"] == "Sequential") rows.insert(entry["name"].get<std::string>());
    }
    Json result = {{"name", config["name"]},
                   {"trainable", config.value("trainable", Json(true))},
                   {"layers", Json::array()}};
    for (const Json& entry : config["layers"]) {
      Json layer = convert(entry, layer_of(entry, function).get());
      layer["name"] = entry["name"];
      layer["inbound_nodes"] = Json::array();
      for (const Json& node : entry["inbound_nodes"])
        layer["inbound_nodes"].push_back(inbound_node(entry, node, rows));
      result["layers"].push_back(std::move(layer));
    }
    for (const char* key : {"input_layers", "output_layers"}) {
      Json ends = config[key];
      if (ends.is_array() && !ends.empty() && ends[0].is_string()) ends = Json::array({ends});
      for (Json& end : ends) end = reference(end, rows);
      result[key] = std::move(ends);
    }
    return result;
  }

  static std::shared_ptr<Layer> layer_of(const Json& entry, const Function* function) {
    return function ? function->find_layer(entry["config"]["name"].get<std::string>()) : nullptr;
  }

  /// `place`, or each of a list of places, as the states of stacked cells are among the outputs.
  static Json reference(Json place, const std::set<std::string>& rows) {
    if (!place.empty() && place[0].is_array()) {
      for (Json& one : place) one = reference(one, rows);
      return place;
    }
    if (rows.contains(place[0].get<std::string>())) place[1] = place[1].get<int>() + 1;
    return place;
  }

  /// [["image", 0, 0, {}]]: where each tensor comes from, with the call's other arguments.
  static Json inbound_node(const Json& entry, const Json& node, const std::set<std::string>& rows) {
    const auto refuse = [&](const std::string& what) {
      throw ValueError(concat("Layer '", entry["name"].get<std::string>(), "' (",
                              entry["class_name"].get<std::string>(), "): it is called with ", what,
                              ", which cannot be written for Keras 2.15"));
    };
    const auto place = [&](const Json& tensor) {
      return reference(tensor["config"]["keras_history"], rows);
    };
    Json tensors = Json::array(), keywords = Json::object();
    const auto add = [&](const Json& value) {
      if (!is_tensor(value)) refuse(python_json(value));
      tensors.push_back(place(value));
    };
    const Json& args = node["args"];
    if (args.size() > 1) refuse(concat(args.size(), " arguments"));
    if (!args.empty() && args[0].is_array()) {
      for (const Json& value : args[0]) add(value);
    } else if (!args.empty()) {
      add(args[0]);
    }
    for (const auto& [key, value] : node["kwargs"].items()) {
      if (value.is_null()) continue;
      if (key == "initial_state") {
        // tf.keras has the states after the input.
        for (const Json& state : value.is_array() ? value : Json::array({value})) add(state);
      } else if (is_tensor(value)) {
        keywords[key] = place(value);
      } else if (value.is_structured()) {
        refuse(concat("`", key, "`=", python_json(value)));
      } else {
        keywords[key] = value;
      }
    }
    for (Json& tensor : tensors) tensor.push_back(keywords);
    return tensors;
  }

  static void keras2_activation(const std::string& label, const std::string& key, Json& value) {
    if (!value.is_string()) return;
    static const std::map<std::string, std::string> names = {
        {"silu", "swish"}, {"hard_sigmoid_keras2", "hard_sigmoid"}};
    static const std::set<std::string> known = {
        "elu",  "exponential", "gelu",    "hard_sigmoid", "linear",   "mish",  "relu",
        "selu", "sigmoid",     "softmax", "softplus",     "softsign", "swish", "tanh"};
    const auto name = value.get<std::string>();
    if (const auto renamed = names.find(name); renamed != names.end()) {
      value = renamed->second;
    } else if (name == "hard_sigmoid" || !known.contains(name)) {
      throw ValueError(concat(
          label, ": `", key, "`=", python_json(value), " cannot be written for Keras 2.15, which ",
          name == "hard_sigmoid" ? "computes another function by that name" : "does not have it"));
    }
  }
};

}  // namespace

void keras2_objects(const std::string& label, Json& json) {
  if (json.is_array()) {
    for (Json& item : json) keras2_objects(label, item);
  }
  if (!json.is_object()) return;
  if (json.value("class_name", Json()) == "DTypePolicy") {
    json = Json(json["config"]["name"]);
    return;
  }
  if (json.contains("config") && json["config"].is_object()) {
    Json& config = json["config"];
    for (const char* key : {"input_axes", "output_axes"}) {
      if (!config.contains(key)) continue;
      if (!config[key].is_null()) {
        throw ValueError(concat(label, ": `", key, "`=", python_json(config[key]),
                                " cannot be written for Keras 2.15. Allowed: null"));
      }
      config.erase(key);
    }
    if (config.contains("seed") && json.value("module", Json()) == "keras.initializers") {
      const Json seed = config["seed"];
      config.erase("seed");
      config["seed"] = seed;
    }
  }
  for (auto& [key, value] : json.items()) keras2_objects(label, value);
}

Json keras2_model(const Json& model, const Function& function) {
  return ModelConverter().convert(model, &function);
}

Json keras2_settings(const Json& settings) {
  Json result = settings;
  for (auto& [key, value] : result.items()) keras2_objects(key, value);
  keras2_optimizer(result[settings.contains("optimizer") ? "optimizer" : "optimizer_config"]);
  return result;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
