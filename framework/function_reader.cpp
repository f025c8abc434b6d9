#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "function.hpp"
#include "nested_lists.hpp"
#include "sequential_function.hpp"
#include "serialization.hpp"
#include "shape_json.hpp"

// How graphs are read: the configs of Functional and Sequential, as Keras 1, 2 and 3 write them.

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// A tensor as a file refers to it.
struct Reference {
  std::string layer;
  std::size_t call;
  std::size_t output;
};

bool is_keras_tensor(const Json& json) {
  return json.is_object() && json.value("class_name", Json()) == "__keras_tensor__";
}

/// ["layer", 0, 0], with or without a fourth element.
bool is_history(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string() &&
         json[1].is_number_integer() && json[2].is_number_integer();
}

Reference reference_of(const Json& history) {
  if (!is_history(history) || history[1].get<std::int64_t>() < 0 ||
      history[2].get<std::int64_t>() < 0) {
    throw ValueError(concat("A graph refers to a tensor as ", history.dump(),
                            "; expected [layer name, call, output]"));
  }
  return {history[0].get<std::string>(), history[1].get<std::size_t>(),
          history[2].get<std::size_t>()};
}

/// One call of a layer as a file describes it.
struct CallDescription {
  std::vector<Reference> inputs = {};
  std::vector<std::string> names = {};  // keyword of each input, or empty
  bool list = false;
  std::optional<bool> training = {};
  Json arguments = Json::object();
  bool has_constants = false;  // or else arguments has places only

  void add(const Reference& reference, const std::string& keyword) {
    inputs.push_back(reference);
    names.push_back(keyword);
  }
  /// Keeps the place of a keyword whose tensors are among the inputs, for writing: null stands for
  /// a tensor, an empty list for a list of them.
  void keep_place(const std::string& keyword, bool of_list) {
    arguments[keyword] = of_list ? Json::array() : Json(nullptr);
    has_constants = has_constants || of_list;
  }
  void add_constant(const std::string& key, const Json& value) {
    if (key == "training" && value.is_boolean()) {
      training = value.get<bool>();
    } else if (key == "training" && value.is_number_integer()) {
      training = value.get<int>() != 0;
    } else {
      add_argument(key, value);
    }
  }
  void add_argument(const std::string& key, const Json& value) {
    arguments[key] = value;
    has_constants = true;
  }
  CallOptions options() const {
    CallOptions made{.training = training};
    if (std::ranges::any_of(names, [](const std::string& name) { return !name.empty(); }))
      made.input_names = names;
    // The order of places tells something where there are several.
    if (has_constants || arguments.size() > 1)
      made.arguments = std::make_shared<const Json>(arguments);
    return made;
  }
};

/// Adds `value`, an argument of a Keras 3 call: a tensor, a list of tensors, or a constant.
void add_argument(CallDescription& call, const std::string& keyword, std::size_t place,
                  const Json& value) {
  if (is_keras_tensor(value)) {
    call.add(reference_of(value.at("config").at("keras_history")), keyword);
  } else if (value.is_array() && !value.empty() &&
             std::ranges::all_of(
                 value, [](const Json& item) { return is_keras_tensor(item) || item.is_null(); }) &&
             std::ranges::any_of(value, is_keras_tensor)) {
    if (keyword.empty()) call.list = true;
    // Masks belong to inputs by their place in the list.
    std::size_t i = 0;
    for (const Json& item : value) {
      const std::string name = keyword == "mask" ? concat("mask[", i, "]") : keyword;
      if (!item.is_null()) add_argument(call, name, place, item);
      ++i;
    }
  } else {
    call.add_constant(keyword.empty() ? std::to_string(place) : keyword, value);
  }
}

CallDescription keras3_call(const Json& node) {
  CallDescription call;
  std::size_t place = 0;
  for (const Json& value : node.at("args")) add_argument(call, "", place++, value);
  for (const auto& [key, value] : node.at("kwargs").items()) {
    // What Keras 3 notes of the mode, mostly the class's default, its fit() and predict() overrule.
    if (key == "training") {
      call.add_argument(key, value);
      continue;
    }
    const std::size_t before = call.inputs.size();
    add_argument(call, key, 0, value);
    if (call.inputs.size() > before) call.keep_place(key, value.is_array());
  }
  return call;
}

/// A Keras 1 or 2 call: [["layer", 0, 0, {kwargs}], ...], or one of those alone.
CallDescription keras2_call(const Json& node) {
  CallDescription call;
  const Json inputs = is_history(node) ? Json::array({node}) : node;
  if (!inputs.is_array()) throw ValueError(concat("A call in the graph reads ", node.dump()));
  for (const Json& input : inputs) call.add(reference_of(input), "");
  call.list = call.inputs.size() > 1;
  if (inputs.empty() || inputs[0].size() < 4 || !inputs[0][3].is_object()) return call;
  for (const auto& [key, value] : inputs[0][3].items()) {
    if (is_history(value)) {
      call.add(reference_of(value), key);
    } else if (value.is_array() && !value.empty() && std::ranges::all_of(value, is_history)) {
      for (const Json& item : value) call.add(reference_of(item), key);
    } else {
      call.add_constant(key, value);
    }
  }
  return call;
}

/// Builds a graph from the "layers" of a config: makes each call once its inputs are there.
class GraphReader {
 public:
  explicit GraphReader(const Json& config, std::string owner) : owner_(std::move(owner)) {
    for (const Json& entry : config.at("layers")) add(entry);
    // Keras counts a nested model's calls from 0 or, where a built-in first call counted, from 1.
    for (const auto& [name, entry] : entries_) note_references(entry);
    note_endpoints(config.at("output_layers"));
    make_calls();
  }

  /// Where a model takes a dictionary, Keras sorts it by key; what it gives keeps its order.
  enum class Order { sorted, written };
  SymbolicTensors tensors(const Json& endpoints, Order order, Structure& structure) const {
    SymbolicTensors found;
    if (is_history(endpoints)) {
      structure = {Structure::single, {}, {}};
      found.push_back(tensor(reference_of(endpoints)));
    } else if (endpoints.is_object()) {
      structure = {Structure::dict, {}, {}};
      for (const auto& item : endpoints.items()) structure.written_keys.push_back(item.key());
      structure.keys = structure.written_keys;
      if (order == Order::sorted) std::ranges::sort(structure.keys);
      for (const std::string& key : structure.keys)
        found.push_back(tensor(reference_of(endpoints.at(key))));
    } else {
      structure = {endpoints.size() == 1 ? Structure::single : Structure::list, {}, {}};
      for (const Json& value : endpoints) {
        const std::size_t before = found.size();
        if (is_list(value)) {
          for (const Json& inner : value) found.push_back(tensor(reference_of(inner)));
          note_list(structure, before, found.size() - before);
        } else {
          found.push_back(tensor(reference_of(value)));
        }
      }
    }
    return found;
  }

 private:
  struct Entry {
    LayerHandle layer;
    std::vector<CallDescription> calls;
    std::vector<SymbolicTensors> outputs;  // of the calls made so far
    bool numbered_from_zero = false;
  };

  /// The layer that an entry describes. An operation's arguments are in its config and, as
  /// constants, in its call: it takes the whole entry.
  static std::shared_ptr<Layer> layer_of(const Json& entry) {
    const Json module = entry.is_object() ? entry.value("module", Json()) : Json();
    const bool is_operation =
        module.is_string() && (module.get_ref<const std::string&>().starts_with("keras.src.ops.") ||
                               module.get_ref<const std::string&>().starts_with("keras.ops"));
    if (!is_operation) return deserialize<Layer>(entry);
    return Registry<Layer>::instance().make("Operation", entry);
  }

  void add(const Json& json) {
    const auto layer = layer_of(json);
    const std::string name = json.contains("name") && json["name"].is_string()
                                 ? json["name"].get<std::string>()
                                 : layer->name();
    build_as_written(*layer, json);
    Entry entry{LayerHandle(layer), {}, {}};
    if (const auto input = std::dynamic_pointer_cast<InputLayer>(layer))
      entry.outputs.push_back({input_tensor(input)});
    if (json.contains("inbound_nodes")) {
      for (const Json& node : json["inbound_nodes"])
        entry.calls.push_back(node.is_object() ? keras3_call(node) : keras2_call(node));
    }
    if (!entries_.emplace(name, std::move(entry)).second)
      throw ValueError(concat(owner_, ": The name '", name, "' is used twice in the model."));
    order_.push_back(name);
  }

  /// A shape, or a list of those.
  static void add_shapes(const Json& json, Shapes& shapes) {
    if (json.is_array() && !json.empty() && json[0].is_array()) {
      for (const Json& one : json) add_shapes(one, shapes);
    } else {
      shapes.push_back(json.get<ShapeJson>().value);
    }
  }

  /// Builds `layer` for the shapes that the file notes; the first call's may leave more open.
  static void build_as_written(Layer& layer, const Json& json) {
    const auto build_config = json.find("build_config");
    if (build_config == json.end() || !build_config->is_object()) return;
    Shapes shapes;
    // Layers with several arguments note each one's shape: {"query_shape", "value_shape"}.
    const auto by_argument = build_config->find("shapes_dict");
    const auto shape = build_config->find("input_shape");
    if (by_argument != build_config->end() && by_argument->is_object()) {
      for (const Json& one : *by_argument) add_shapes(one, shapes);
    } else if (shape == build_config->end() || !shape->is_array() || shape->empty()) {
      return;
    } else {
      add_shapes(*shape, shapes);
    }
    layer.build(shapes);
  }

  void note(const Reference& reference) {
    const auto found = entries_.find(reference.layer);
    if (found != entries_.end() && reference.call == 0) found->second.numbered_from_zero = true;
  }
  void note_references(const Entry& entry) {
    for (const CallDescription& call : entry.calls)
      for (const Reference& input : call.inputs) note(input);
  }
  void note_endpoints(const Json& endpoints) {
    if (is_history(endpoints)) return note(reference_of(endpoints));
    for (const Json& value : endpoints) {
      if (is_list(value)) {
        note_endpoints(value);
      } else {
        note(reference_of(value));
      }
    }
  }

  /// A list of tensors within the list of outputs, as the states of stacked cells are.
  static bool is_list(const Json& value) { return value.is_array() && !is_history(value); }

  const SymbolicTensor* find(const Reference& reference) const {
    const auto found = entries_.find(reference.layer);
    if (found == entries_.end()) {
      throw ValueError(concat(owner_, ": the graph refers to a layer '", reference.layer,
                              "' that it does not have."));
    }
    const Entry& entry = found->second;
    const bool shifted =
        !entry.numbered_from_zero && dynamic_cast<const Function*>(&*entry.layer) != nullptr;
    const std::size_t call = reference.call - (shifted ? 1 : 0);
    if (call >= entry.outputs.size()) return nullptr;
    if (reference.output >= entry.outputs[call].size()) {
      throw ValueError(concat(owner_, ": the graph refers to output ", reference.output, " of '",
                              reference.layer, "', which has ", entry.outputs[call].size()));
    }
    return &entry.outputs[call][reference.output];
  }

  const SymbolicTensor& tensor(const Reference& reference) const {
    if (const SymbolicTensor* found = find(reference)) return *found;
    throw ValueError(concat(owner_, ": the graph refers to call ", reference.call, " of layer '",
                            reference.layer, "', which does not exist."));
  }

  /// Makes the next call of `entry` if all its inputs are there.
  bool make_next_call(Entry& entry) {
    const CallDescription& call = entry.calls[entry.outputs.size()];
    SymbolicTensors inputs;
    for (const Reference& reference : call.inputs) {
      const SymbolicTensor* input = find(reference);
      if (!input) return false;
      inputs.push_back(*input);
    }
    entry.outputs.push_back(entry.layer.call(inputs, call.options(), call.list));
    return true;
  }

  void make_calls() {
    bool waiting = true;
    for (bool progress = true; waiting && progress;) {
      waiting = progress = false;
      for (const std::string& name : order_) {
        Entry& entry = entries_.at(name);
        while (entry.outputs.size() < entry.calls.size()) {
          if (!make_next_call(entry)) {
            waiting = true;
            break;
          }
          progress = true;
        }
      }
    }
    if (waiting)
      throw ValueError(concat(owner_, ": the graph has a cycle, or calls that do not exist."));
  }

  std::string owner_;
  std::map<std::string, Entry> entries_;
  std::vector<std::string> order_;
};

LayerOptions common_options(const Json& config) {
  LayerOptions common{.name = config.value("name", "")};
  if (config.contains("trainable") && config["trainable"].is_boolean())
    common.trainable = config["trainable"].get<bool>();
  return common;
}

/// Calls `read`; what nlohmann throws on a malformed config becomes our ValueError.
template <class Read>
auto reading(const std::string& owner, const Read& read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw ValueError(concat(owner, ": the config is malformed: ", error.what()));
  }
}

}  // namespace

std::shared_ptr<Function> Function::from_config(const Json& config) {
  const std::string owner = layer_label(keras_name, config);
  return reading(owner, [&] {
    const GraphReader reader(config, owner);
    Structure input_structure, output_structure;
    SymbolicTensors inputs =
        reader.tensors(config.at("input_layers"), GraphReader::Order::sorted, input_structure);
    SymbolicTensors outputs =
        reader.tensors(config.at("output_layers"), GraphReader::Order::written, output_structure);
    std::vector<std::size_t> walk(output_structure.keys.size());
    std::iota(walk.begin(), walk.end(), std::size_t{0});
    std::ranges::sort(walk, {}, [&](std::size_t i) { return output_structure.keys[i]; });
    auto function = std::make_shared<Function>(std::move(inputs), std::move(outputs),
                                               common_options(config), std::move(walk));
    function->set_structures(std::move(input_structure), std::move(output_structure));
    return function;
  });
}

std::shared_ptr<SequentialFunction> SequentialFunction::from_config(const Json& config) {
  const std::string owner = layer_label(keras_name, config);
  return reading(owner, [&] {
    std::vector<LayerHandle> layers;
    for (const Json& layer : config.at("layers")) layers.emplace_back(deserialize<Layer>(layer));
    auto sequential =
        std::make_shared<SequentialFunction>(std::move(layers), common_options(config));
    if (!sequential->built() && config.contains("build_input_shape") &&
        config["build_input_shape"].is_array()) {
      sequential->build({config["build_input_shape"].get<ShapeJson>().value});
    }
    return sequential;
  });
}

}  // namespace keratin::inline KERATIN_VARIANT
