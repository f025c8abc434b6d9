#include "input_shape.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// The shape that the arguments of Keras 1 give: `input_dim` and `input_length`.
Json shape_of_sizes(const std::string& class_name, const Json& config) {
  const Json length = config.value("input_length", Json());
  if (class_name == "Embedding")
    return config.contains("input_length") ? Json::array({nullptr, length}) : Json();
  if (!config.contains("input_dim") || !config["input_dim"].is_number()) return {};
  const Json& size = config["input_dim"];
  if (class_name == "Dense" || class_name == "MaxoutDense" || class_name == "Highway")
    return Json::array({nullptr, size});
  if (class_name == "LSTM" || class_name == "GRU" || class_name == "SimpleRNN" ||
      class_name == "Convolution1D" || class_name == "Conv1D" ||
      class_name == "TimeDistributedDense") {
    return Json::array({nullptr, length, size});
  }
  return {};
}

}  // namespace

bool is_model_class(const Json& class_name) {
  return class_name == "Sequential" || class_name == "Model" || class_name == "Functional" ||
         class_name == "Network" || class_name == "Container";
}

Json input_shape_of(const Json& entry) {
  const Json config = entry.value("config", Json());
  const Json class_name = entry.value("class_name", Json());
  if (is_model_class(class_name)) {
    const Json layers = config.is_array()    ? config
                        : config.is_object() ? config.value("layers", Json::array())
                                             : Json::array();
    if (!layers.is_array() || layers.empty() || !layers[0].is_object()) return {};
    return input_shape_of(layers[0]);
  }
  if (!config.is_object()) return {};
  for (const char* key : {"batch_input_shape", "batch_shape"}) {
    if (config.contains(key) && config[key].is_array()) return config[key];
  }
  if (config.contains("input_shape") && config["input_shape"].is_array()) {
    Json shape = config["input_shape"];
    shape.insert(shape.begin(), nullptr);
    return shape;
  }
  if (config.contains("layer") && config["layer"].is_object())
    return input_shape_of(config["layer"]);
  return class_name.is_string() ? shape_of_sizes(class_name.get<std::string>(), config) : Json();
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
