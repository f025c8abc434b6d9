#include "merge_models.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "input_shape.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

const Json& layers_of(const Json& entry) {
  const Json& config = entry.at("config");
  return config.is_array() ? config : config.at("layers");
}

std::string name_of(const Json& entry) {
  const Json& config = entry.at("config");
  if (config.is_object() && config.contains("name") && config["name"].is_string())
    return config["name"].get<std::string>();
  return entry.value("name", "");
}

class Builder {
 public:
  /// Adds the layers of a model or layer; returns a reference to its output.
  Json add(const Json& entry) {
    const Json& class_name = entry.at("class_name");
    if (class_name == "Sequential") return add_sequential(layers_of(entry));
    if (is_model_class(class_name)) return add_graph(entry.at("config"));
    return add_sequential(Json::array({entry}));
  }

  Json finish(const Json& output, const Json& name) {
    Json config = {{"layers", std::move(layers_)},
                   {"input_layers", std::move(inputs_)},
                   {"output_layers", Json::array({output})}};
    if (name.is_string()) config["name"] = name;
    return {{"class_name", "Functional"}, {"config", std::move(config)}};
  }

 private:
  Json add_sequential(const Json& layers) {
    if (layers.empty()) throw ValueError("A merged model of the file has no layers");
    const Json& first = layers[0];
    Json output;
    if (first.at("class_name") == "Merge" && first.at("config").contains("layers")) {
      Json node = Json::array();
      for (const Json& branch : first["config"]["layers"]) {
        Json input = add(branch);
        input.push_back(Json::object());
        node.push_back(std::move(input));
      }
      Json merge = first;
      merge["config"].erase("layers");
      output = add_layer(merge, std::move(node));
    } else {
      output = add_input(first);
      if (first["class_name"] != "InputLayer") output = add_layer(first, node_of(output));
    }
    for (std::size_t i = 1; i < layers.size(); ++i) output = add_layer(layers[i], node_of(output));
    return output;
  }

  Json add_graph(const Json& config) {
    for (const Json& layer : config.at("layers")) layers_.push_back(layer);
    for (const Json& input : config.at("input_layers")) inputs_.push_back(input);
    const Json& outputs = config.at("output_layers");
    if (outputs.size() != 1)
      throw ValueError("A merged model of the file has several outputs, which is not supported");
    return outputs[0];
  }

  Json add_input(const Json& first) {
    if (first["class_name"] == "InputLayer") {
      Json entry = first;
      entry["name"] = name_of(first);
      entry["inbound_nodes"] = Json::array();
      layers_.push_back(entry);
      inputs_.push_back(Json::array({entry["name"], 0, 0}));
      return inputs_.back();
    }
    const Json shape = input_shape_of(first);
    if (shape.is_null())
      throw ValueError(concat("Layer '", name_of(first), "': the shape of its input is not known"));
    const std::string name = name_of(first) + "_input";
    layers_.push_back({{"class_name", "InputLayer"},
                       {"config", {{"batch_shape", shape}, {"name", name}}},
                       {"name", name},
                       {"inbound_nodes", Json::array()}});
    inputs_.push_back(Json::array({name, 0, 0}));
    return inputs_.back();
  }

  Json add_layer(const Json& entry, Json node) {
    Json layer = entry;
    layer["name"] = name_of(entry);
    layer["inbound_nodes"] = Json::array({std::move(node)});
    Json output = Json::array({layer["name"], 0, 0});
    layers_.push_back(std::move(layer));
    return output;
  }

  static Json node_of(Json input) {
    input.push_back(Json::object());
    return Json::array({std::move(input)});
  }

  Json layers_ = Json::array(), inputs_ = Json::array();
};

}  // namespace

bool begins_with_merge(const Json& entry) {
  if (entry.value("class_name", Json()) != "Sequential" || !entry.contains("config")) return false;
  const Json& config = entry["config"];
  const Json layers = config.is_array()    ? config
                      : config.is_object() ? config.value("layers", Json())
                                           : Json();
  if (!layers.is_array() || layers.empty() || !layers[0].is_object()) return false;
  const Json& first = layers[0];
  return first.value("class_name", Json()) == "Merge" && first.contains("config") &&
         first["config"].is_object() && first["config"].contains("layers") &&
         first["config"]["layers"].is_array() && !first["config"]["layers"].empty();
}

Json functional_of_merge(const Json& entry) {
  Builder builder;
  const Json output = builder.add(entry);
  const Json& config = entry.at("config");
  return builder.finish(output, config.is_object() ? config.value("name", Json()) : Json());
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
