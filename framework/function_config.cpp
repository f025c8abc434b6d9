#include <map>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "called_in_training.hpp"
#include "function.hpp"
#include "nested_lists.hpp"
#include "sequential_function.hpp"
#include "serialization.hpp"
#include "shape_json.hpp"

// How graphs are written: the config of Functional and Sequential as Keras 3 writes it.

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// Where a tensor comes from: the layer, which of its calls in this graph, which output.
Json history(const Graph& graph, const SymbolicTensor& unresolved) {
  const SymbolicTensor& tensor = graph.resolve(unresolved);
  const auto& calls = graph.nodes_of(*tensor.node()->layer);
  const auto call = std::find(calls.begin(), calls.end(), tensor.node()) - calls.begin();
  return Json::array({tensor.node()->layer->name(), call, tensor.index()});
}

Json keras_tensor(const Graph& graph, const SymbolicTensor& tensor) {
  Json json = Json::object();
  json["class_name"] = "__keras_tensor__";
  json["config"] = {{"shape", ShapeJson{tensor.shape()}},
                    {"dtype", tensor.dtype()},
                    {"keras_history", history(graph, tensor)}};
  return json;
}

/// Adds a tensor that is given by keyword: alone, or to the list of those of the same keyword. What
/// the reader left there says which (see keep_place).
void add_argument(Json& kwargs, const std::string& name, Json tensor) {
  if (name.starts_with("mask[")) {
    // A list of masks has a place for each input: see masked_input().
    Json& masks = kwargs["mask"];
    if (!masks.is_array()) masks = Json::array();
    while (masks.size() <= std::stoul(name.substr(5))) masks.push_back(nullptr);
    masks.back() = std::move(tensor);
    return;
  }
  Json& value = kwargs[name];
  if (value.is_null()) {
    value = std::move(tensor);
  } else {
    if (!value.is_array()) value = Json::array({std::move(value)});
    value.push_back(std::move(tensor));
  }
}

Json inbound_node(const Graph& graph, const Node& node) {
  Json args = Json::array(), kwargs = Json::object();
  const std::vector<std::string>& names = node.options.input_names;
  const auto has_name = [&](std::size_t i) { return i < names.size() && !names[i].empty(); };
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!has_name(i)) args.push_back(keras_tensor(graph, node.inputs[i]));
  }
  if (node.list) args = Json::array({args});
  if (node.options.arguments) {
    for (const auto& [key, value] : node.options.arguments->items()) {
      const bool is_place = !key.empty() && key.find_first_not_of("0123456789") == key.npos;
      if (is_place) {
        args.insert(args.begin() + std::min<std::ptrdiff_t>(
                                       std::stol(key), static_cast<std::ptrdiff_t>(args.size())),
                    value);
      } else {
        kwargs[key] = value;
      }
    }
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (has_name(i)) add_argument(kwargs, names[i], keras_tensor(graph, node.inputs[i]));
  }
  if (node.options.training) {
    kwargs["training"] = *node.options.training;
  } else if (!kwargs.contains("training") && dynamic_cast<const CalledInTraining*>(&*node.layer)) {
    kwargs["training"] = true;
  }
  return {{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
}

Json endpoints(const Graph& graph, const SymbolicTensors& tensors, const Structure& structure) {
  if (structure.kind == Structure::single && tensors.size() == 1) return history(graph, tensors[0]);
  Json json = structure.kind == Structure::dict ? Json::object() : Json::array();
  if (structure.kind == Structure::dict) {
    for (const std::string& key : structure.written_keys) json[key] = nullptr;
    for (std::size_t i = 0; i < tensors.size(); ++i)
      json[structure.keys[i]] = history(graph, tensors[i]);
  } else {
    const auto lists = lists_of(structure);
    auto list = lists.begin();
    std::size_t i = 0;
    while (i < tensors.size()) {
      if (list == lists.end() || i != list->first) {
        json.push_back(history(graph, tensors[i++]));
        continue;
      }
      json.push_back(Json::array());
      for (std::size_t k = 0; k < list->second; ++k)
        json.back().push_back(history(graph, tensors[i++]));
      ++list;
    }
  }
  return json;
}

}  // namespace

void Function::write_config(Json& config) const {
  config["name"] = name();
  config["trainable"] = trainable();
  config["layers"] = Json::array();
  for (const LayerHandle& layer : graph_->layers()) {
    Json entry = serialize(*layer);
    entry["name"] = layer->name();
    entry["inbound_nodes"] = Json::array();
    for (const auto& node : graph_->nodes_of(*layer)) {
      if (!node->is_input()) entry["inbound_nodes"].push_back(inbound_node(*graph_, *node));
    }
    config["layers"].push_back(std::move(entry));
  }
  config["input_layers"] = endpoints(*graph_, graph_->inputs(), input_structure_);
  config["output_layers"] = endpoints(*graph_, graph_->outputs(), output_structure_);
}

void Function::write_build_config(Json& json) const { json["input_shape"] = nullptr; }

void SequentialFunction::write_config(Json& config) const {
  Layer::write_config(config);
  config["layers"] = Json::array();
  // Keras lists the InputLayer that it makes from the shape of the first call too.
  if (graph())
    config["layers"].push_back(serialize(*graph()->inputs()[0].node()->layer));
  else if (input_)
    config["layers"].push_back(serialize(*input_));
  for (const LayerHandle& layer : layers_) config["layers"].push_back(serialize(*layer));
  if (graph()) config["build_input_shape"] = ShapeJson{graph()->inputs()[0].shape()};
}

void SequentialFunction::write_build_config(Json& json) const { Layer::write_build_config(json); }

}  // namespace keratin::inline KERATIN_VARIANT
