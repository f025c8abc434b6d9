#include "difference.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../../framework/serialization.hpp"
#include "load_function.hpp"
#include "model_file.hpp"
#include "python_json.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using Weight = ModelDifference::Weight;
using Values = BasicTensor<double>;
using Arrays = std::vector<std::pair<std::string, std::function<Values()>>>;

double largest_change(const Values& a, const Values& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a.data()[i], y = b.data()[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double change = std::abs(x - y);
    largest =
        std::isnan(change) ? std::numeric_limits<double>::infinity() : std::max(largest, change);
  }
  return largest;
}

std::vector<Weight> compare(const Arrays& a, const Arrays& b) {
  std::vector<Weight> weights;
  std::map<std::string, const std::function<Values()>*> others;
  for (const auto& [path, read] : b) others.emplace(path, &read);
  std::set<std::string> met;
  for (const auto& [path, read] : a) {
    met.insert(path);
    const Values values = read();
    Weight weight{.path = path, .shape = shape_of(values), .other_shape = {}};
    if (const auto other = others.find(path); other == others.end()) {
      weight.is_other_missing = true;
    } else {
      const Values other_values = (*other->second)();
      weight.other_shape = shape_of(other_values);
      if (weight.shape == weight.other_shape) weight.largest = largest_change(values, other_values);
    }
    weights.push_back(std::move(weight));
  }
  for (const auto& [path, read] : b) {
    if (met.contains(path)) continue;
    weights.push_back(
        {.path = path, .shape = {}, .other_shape = shape_of(read()), .is_missing = true});
  }
  return weights;
}

Arrays arrays_of(const Function& function) {
  Arrays arrays;
  std::set<std::string> paths;
  for (const Parameter* parameter : function.weights()) {
    std::string path = parameter->path();
    for (int i = 1; !paths.insert(path).second; ++i) path = concat(parameter->path(), " #", i + 1);
    arrays.emplace_back(path, [parameter] { return Values(parameter->value()); });
  }
  return arrays;
}

Arrays arrays_of(const saving::ModelFile& file) {
  Arrays arrays;
  if (file.hdf5) {
    for (const std::string& dataset : file.hdf5->datasets()) {
      if (file.hdf5->dtype(dataset) == "string") continue;
      arrays.emplace_back(dataset,
                          [&file, dataset] { return file.hdf5->read_dataset<double>(dataset); });
    }
  } else if (file.variables) {
    for (const std::string& owner : file.variables->paths()) {
      const auto& variables = file.variables->at(owner);
      for (std::size_t i = 0; i < variables.size(); ++i) {
        arrays.emplace_back(concat("/", owner, "/vars/", i),
                            [read = variables[i].read] { return Values(read()); });
      }
    }
  } else if (file.named) {
    for (const saving::NamedWeight& weight : *file.named)
      arrays.emplace_back(weight.name, [read = weight.read] { return Values(read()); });
  }
  return arrays;
}

/// The layers of a serialised model, those of nested models too, by their names.
void collect_layers(const Json& model, const std::string& prefix,
                    std::vector<std::pair<std::string, Json>>& layers) {
  for (const Json& layer : model["config"]["layers"]) {
    const std::string name = prefix + layer["config"]["name"].get<std::string>();
    Json shallow = layer;
    const bool is_model = layer["config"].contains("layers");
    if (is_model) shallow["config"].erase("layers");
    shallow.erase("build_config");
    layers.emplace_back(name, std::move(shallow));
    if (is_model) collect_layers(layer, name + "/", layers);
  }
}

/// Where two values differ, by the keys that lead there.
void compare_values(const Json& a, const Json& b, const std::string& place,
                    const std::string& label, std::vector<std::string>& found) {
  if (a == b) return;
  if (!a.is_object() || !b.is_object()) {
    found.push_back(
        concat(label, ": ", place, ": ", saving::python_json(a), " -> ", saving::python_json(b)));
    return;
  }
  for (const auto& [key, value] : a.items()) {
    if (key == "shared_object_id") continue;
    const std::string inner = place.empty() ? key : place + "." + key;
    compare_values(value, b.contains(key) ? b[key] : Json(), inner, label, found);
  }
  for (const auto& [key, value] : b.items()) {
    if (!a.contains(key))
      compare_values(Json(), value, place.empty() ? key : place + "." + key, label, found);
  }
}

/// From where a layer takes its inputs.
Json sources(const Json& layer) {
  Json places = Json::array();
  const std::function<void(const Json&)> visit = [&](const Json& json) {
    if (json.is_object() && json.contains("keras_history")) {
      places.push_back(json["keras_history"]);
    } else if (json.is_structured()) {
      for (const Json& item : json) visit(item);
    }
  };
  if (layer.contains("inbound_nodes")) visit(layer["inbound_nodes"]);
  return places;
}

}  // namespace

bool ModelDifference::same() const {
  return architecture.empty() && arguments.empty() &&
         std::ranges::none_of(weights, [](const Weight& weight) { return weight.differs(); });
}

ModelDifference difference(const Function& a, const Function& b) {
  ModelDifference found;
  std::vector<std::pair<std::string, Json>> layers, others;
  const Json first = serialize(a), second = serialize(b);
  collect_layers(first, "", layers);
  collect_layers(second, "", others);
  const auto label = [](const std::string& name, const Json& layer) {
    return concat("Layer '", name, "' (", layer["class_name"].get<std::string>(), ")");
  };
  const auto named = [](auto& list, const std::string& name) {
    return std::ranges::find(list, name, [](const auto& layer) { return layer.first; });
  };
  for (const auto& [name, layer] : layers) {
    const auto other = named(others, name);
    if (other == others.end()) {
      found.architecture.push_back(label(name, layer) + ": only in the first");
    } else if (layer["class_name"] != other->second["class_name"]) {
      found.architecture.push_back(concat(label(name, layer), ": is a ",
                                          other->second["class_name"].get<std::string>(),
                                          " in the second"));
    } else {
      compare_values(layer["config"], other->second["config"], "", label(name, layer),
                     found.arguments);
      const Json from = sources(layer), other_from = sources(other->second);
      if (from != other_from) {
        found.architecture.push_back(concat(label(name, layer), ": is connected to ",
                                            saving::python_json(from), " -> ",
                                            saving::python_json(other_from)));
      }
    }
  }
  for (const auto& [name, layer] : others) {
    if (named(layers, name) == layers.end())
      found.architecture.push_back(label(name, layer) + ": only in the second");
  }
  if (first["class_name"] != second["class_name"]) {
    found.architecture.push_back(concat("The model: ", a.class_name(), " -> ", b.class_name()));
  }
  found.weights = compare(arrays_of(a), arrays_of(b));
  return found;
}

ModelDifference difference_of_files(const std::filesystem::path& a,
                                    const std::filesystem::path& b) {
  const saving::ModelFile first = saving::open_model_file(a), second = saving::open_model_file(b);
  if (first.architecture && second.architecture) {
    const auto load = [](const saving::ModelFile& file, const std::filesystem::path& path) {
      LoadReport report;
      return file.has_weights() ? saving::load_function_of(file, report)
                                : function_from_json(io::read_file(path));
    };
    ModelDifference found = difference(*load(first, a), *load(second, b));
    // An architecture alone has no weights to compare.
    if (!first.has_weights() || !second.has_weights()) found.weights.clear();
    return found;
  }
  ModelDifference found;
  if (first.architecture || second.architecture) {
    found.architecture.push_back(
        concat("Only the ", first.architecture ? "first" : "second", " holds an architecture"));
  }
  found.weights = compare(arrays_of(first), arrays_of(second));
  return found;
}

}  // namespace keratin::inline KERATIN_VARIANT
