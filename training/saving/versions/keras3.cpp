#include "keras3.hpp"

#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "../../../framework/shape_json.hpp"
#include "requirements.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

// The releases of Keras 3 in which the form of files changed.
constexpr KerasVersion dtype_is_object = keras3(4), activity_regularizer_is_common = keras3(4),
                       only_weights_are_built = keras3(6), seed_is_first = keras3(7),
                       single_input_is_flat = keras3(12);

bool is_object(const Json& json) {
  return json.is_object() && json.contains("class_name") && json["class_name"].is_string() &&
         json.contains("config") && json["config"].is_object();
}

class Converter {
 public:
  explicit Converter(const KerasVersion& version) : version_(version) {}

  /// `layer` is what `json` was made from, where it is a layer of a model.
  Json convert(const Json& json, const Layer* layer = nullptr) const {
    if (json.is_array()) {
      Json result = Json::array();
      for (const Json& item : json) result.push_back(convert(item));
      return result;
    }
    if (!json.is_object()) return json;
    if (!is_object(json)) return members(json);
    if (json["class_name"] == "DTypePolicy" && version_ < dtype_is_object)
      return json["config"]["name"];
    return object(json, layer);
  }

 private:
  Json members(const Json& json) const {
    Json result = Json::object();
    for (const auto& [key, value] : json.items()) result[key] = convert(value);
    return result;
  }

  Json object(const Json& json, const Layer* layer) const {
    const auto class_name = json["class_name"].get<std::string>();
    Json result = Json::object();
    for (const auto& [key, value] : json.items()) {
      result[key] = key == "config" ? config(class_name, value, layer) : convert(value);
      if (key == "registered_name" && version_ < only_weights_are_built)
        add_build_config(json, layer, result);
    }
    if (class_name == "Orthogonal" && version_ < seed_is_first)
      result["class_name"] = "OrthogonalInitializer";
    return result;
  }

  /// Before Keras 3.6 a layer without weights noted the shape it was built for, too.
  static void add_build_config(const Json& json, const Layer* layer, Json& result) {
    if (!layer || json.contains("build_config") || json["module"] != "keras.layers" ||
        json["class_name"] == "InputLayer" || layer->build_shapes().empty()) {
      return;
    }
    Json shapes = Json::array();
    for (const Shape& shape : layer->build_shapes()) shapes.push_back(ShapeJson{shape});
    result["build_config"]["input_shape"] = shapes.size() == 1 ? Json(shapes[0]) : shapes;
  }

  Json config(const std::string& class_name, const Json& json, const Layer* layer) const {
    const auto* function = dynamic_cast<const Function*>(layer);
    Json result = Json::object();
    for (const auto& [key, value] : json.items()) {
      const NewArgument* argument = new_argument(class_name, key);
      if (argument && version_ < keras3(argument->since)) continue;
      const bool is_end = key == "input_layers" || key == "output_layers";
      if (key == "layers" && function) {
        result[key] = layers(value, *function);
      } else if (is_end && version_ < single_input_is_flat && value.is_array() && !value.empty() &&
                 value[0].is_string()) {
        result[key] = Json::array({value});
      } else {
        result[key] = convert(value);
      }
    }
    if (version_ < seed_is_first) move_seed(class_name, result);
    if (version_ < activity_regularizer_is_common) move_activity_regularizer(result);
    return result;
  }

  Json layers(const Json& json, const Function& function) const {
    Json result = Json::array();
    for (const Json& entry : json) {
      const auto layer = function.find_layer(entry["config"]["name"].get<std::string>());
      result.push_back(convert(entry, layer.get()));
    }
    return result;
  }

  static void move_seed(const std::string& class_name, Json& config) {
    static const std::set<std::string> random = {"RandomNormal", "RandomUniform", "TruncatedNormal",
                                                 "VarianceScaling", "Orthogonal"};
    if (!random.contains(class_name) || !config.contains("seed")) return;
    const Json seed = config["seed"];
    config.erase("seed");
    config["seed"] = seed;
  }

  /// It stood among the layer's own arguments.
  static void move_activity_regularizer(Json& config) {
    if (!config.contains("activity_regularizer")) return;
    const char* before = config.contains("bias_regularizer")         ? "bias_regularizer"
                         : config.contains("embeddings_regularizer") ? "embeddings_regularizer"
                                                                     : nullptr;
    if (!before) return;
    const Json regularizer = config["activity_regularizer"];
    Json result = Json::object();
    for (const auto& [key, value] : config.items()) {
      if (key != "activity_regularizer") result[key] = value;
      if (key == before) result["activity_regularizer"] = regularizer;
    }
    config = std::move(result);
  }

  const KerasVersion& version_;
};

}  // namespace

Json keras3_model(const Json& model, const Function& function, const KerasVersion& version) {
  return Converter(version).convert(model, &function);
}

Json keras3_objects(const Json& json, const KerasVersion& version) {
  return Converter(version).convert(json);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
