#include "complaints.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../python_json.hpp"
#include "requirements.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// JSON as Python prints the value.
std::string python_text(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return "'" + value.get<std::string>() + "'";
  return python_json(value);
}

/// Arguments of Keras 1 and 2 that classes of Keras 3 refuse.
struct Dead {
  const char* classes;  ///< the beginning of their names
  const char* key;
};
constexpr Dead dead[] = {
    {"DepthwiseConv", "groups"},
    {"DepthwiseConv", "kernel_initializer"},
    {"DepthwiseConv", "kernel_regularizer"},
    {"DepthwiseConv", "kernel_constraint"},
    {"SeparableConv", "groups"},
    {"SeparableConv", "kernel_initializer"},
    {"SeparableConv", "kernel_regularizer"},
    {"SeparableConv", "kernel_constraint"},
    {"Conv1DTranspose", "groups"},
    {"Conv2DTranspose", "groups"},
    {"Conv3DTranspose", "groups"},
    {"LSTM", "time_major"},
    {"GRU", "time_major"},
    {"SimpleRNN", "time_major"},
    {"RNN", "time_major"},
    {"ConvLSTM", "time_major"},
    {"MultiHeadAttention", "query_shape"},
    {"SpatialDropout", "noise_shape"},
};
/// The words of Keras 1.
constexpr const char* keras1[] = {"nb_filter", "border_mode",   "dim_ordering", "inner_init",
                                  "subsample", "W_regularizer", "nb_row"};
constexpr const char* not_in_keras3[] = {
    "TFOpLambda",    "SlicingOpLambda",    "TensorFlowOpLayer",    "CuDNNLSTM",
    "CuDNNGRU",      "ThresholdedReLU",    "LocallyConnected1D",   "LocallyConnected2D",
    "Convolution1D", "Convolution2D",      "TimeDistributedDense", "Merge",
    "DenseFeatures", "AtrousConvolution2D"};

bool is_one_of(const auto& list, const std::string& name) {
  return std::ranges::any_of(list, [&](const char* word) { return name == word; });
}

class Reader {
 public:
  Reader(bool is_legacy, const KerasVersion& version) : is_legacy_(is_legacy), version_(version) {}

  std::string read(const Json& json) {
    visit(json, Role::other);
    return error_;
  }

 private:
  void complain(const std::string& text) {
    if (error_.empty()) error_ = text;
  }

  enum class Role { layer, initializer, other };

  /// What an object is, told by the key that leads to it: old files do not say it themselves.
  static Role role_of(const std::string& key) {
    if (key == "layers" || key == "layer" || key == "cell" || key == "cells") return Role::layer;
    return key.ends_with("initializer") ? Role::initializer : Role::other;
  }

  void visit(const Json& json, Role role) {
    if (!error_.empty()) return;
    if (json.is_array()) {
      for (const Json& item : json) visit(item, role);
    } else if (json.is_object()) {
      const bool is_object =
          json.contains("class_name") && json["class_name"].is_string() && json.contains("config");
      if (is_object) {
        check(json, json.value("module", Json()) == "keras.layers" ? Role::layer : role);
      }
      for (const auto& [key, value] : json.items()) visit(value, role_of(key));
    }
  }

  void check(const Json& json, Role role) {
    const auto class_name = json["class_name"].get<std::string>();
    const Json& config = json["config"];
    const std::string module =
        json.contains("module") && json["module"].is_string() ? json["module"] : Json("");
    if (version_.major < 3)
      check_in_keras2(class_name, module, config);
    else
      check_in_keras3(class_name, module, config, role);
  }

  void check_in_keras2(const std::string& class_name, const std::string& module,
                       const Json& config) {
    if (module.starts_with("keras.src.models") || module.starts_with("keras.src.ops")) {
      complain(concat("TypeError: Could not deserialize class '", class_name,
                      "' because its parent module ", module, " cannot be imported."));
    }
    if (!config.is_object()) return;
    if (class_name == "DTypePolicy") complain("TypeError: Could not locate class 'DTypePolicy'.");
    if (class_name == "InputLayer" && config.contains("batch_shape"))
      complain("ValueError: Unrecognized keyword arguments: ['batch_shape']");
    for (const char* word : keras1) {
      if (config.contains(word))
        complain(concat("TypeError: ('Keyword argument not understood:', '", word, "')"));
    }
  }

  void check_in_keras3(const std::string& class_name, const std::string& module, const Json& config,
                       Role role) {
    if (class_name == "Sequential" && config.is_array())
      return complain("TypeError: list indices must be integers or slices, not str");
    if (module.starts_with("keras.src.engine") || module.starts_with("keras.engine")) {
      return complain(concat("TypeError: Could not deserialize class '", class_name,
                             "' because its parent module ", module, " cannot be imported."));
    }
    if (class_name == "Lambda") {
      return complain(
          "ValueError: Requested the deserialization of a `Lambda` layer whose "
          "`function` is a Python lambda. This carries a potential risk of arbitrary "
          "code execution and thus it is disallowed by default.");
    }
    if (role == Role::layer && is_one_of(not_in_keras3, class_name)) return not_located(class_name);
    if (class_since(class_name) > version_.minor) return not_located(class_name);
    if (!config.is_object()) return;
    check_arguments(class_name, config, role);
  }

  void not_located(const std::string& class_name) {
    complain(concat("TypeError: Could not locate class '", class_name,
                    "'. Make sure custom classes are decorated with "
                    "`@keras.saving.register_keras_serializable()`."));
  }

  void check_arguments(const std::string& class_name, const Json& config, Role role) {
    const bool is_layer = role == Role::layer, is_initializer = role == Role::initializer;
    for (const auto& item : config.items()) {
      const std::string& key = item.key();
      const Json& value = item.value();
      const NewArgument* argument = new_argument(class_name, key);
      // An InputLayer takes whatever it does not know.
      const bool is_new =
          argument && class_name != "InputLayer" && argument->since > version_.minor;
      const bool is_dead = is_layer && std::ranges::any_of(dead, [&](const Dead& entry) {
                             return class_name.starts_with(entry.classes) && key == entry.key;
                           });
      const bool is_keras1 = is_layer && is_one_of(keras1, key);
      // Keras 3 reads it in an `.h5` only.
      const bool is_shape =
          is_layer && !is_legacy_ && class_name != "InputLayer" && key == "batch_input_shape";
      if (is_initializer && (is_new || key == "dtype")) {
        complain(concat("TypeError: <class '", class_name,
                        "'> could not be deserialized "
                        "properly. Please ensure that components that are Python object instances "
                        "(layers, models, etc.) returned by `get_config()` are explicitly "
                        "deserialized in the model's `from_config()` method. (It has the argument ",
                        key, ".)"));
      } else if (is_new || is_dead || is_keras1 || is_shape) {
        complain(concat("ValueError: Unrecognized keyword arguments passed to ", class_name, ": {'",
                        key, "': ", python_text(value), "}"));
      }
      if (key.ends_with("activation") && value.is_string() &&
          activation_since(value.get<std::string>()) > version_.minor) {
        complain(concat("ValueError: Could not interpret activation function identifier: ",
                        value.get<std::string>()));
      }
    }
    if (is_layer && config.contains("name") && config["name"].is_string() &&
        config["name"].get<std::string>().find('/') != std::string::npos) {
      complain(
          concat("ValueError: Argument `name` must be a string and cannot contain character "
                 "`/`. Received: name=",
                 config["name"].get<std::string>()));
    }
    if (has_strides_and_dilation(class_name, config) && version_ < keras3(15)) {
      complain(
          concat("ValueError: `strides > 1` not supported in conjunction with "
                 "`dilation_rate > 1`. Received: strides=",
                 python_json(config["strides"]),
                 " and dilation_rate=", python_json(config["dilation_rate"])));
    }
    if (is_legacy_ && class_name == "Bidirectional" && config.contains("layer") &&
        config["layer"].is_object() && !config["layer"].contains("module")) {
      complain(concat("TypeError: Could not locate class '",
                      config["layer"].value("class_name", Json("")).get<std::string>(),
                      "'. Make sure custom classes are decorated with "
                      "`@keras.saving.register_keras_serializable()`."));
    }
  }

  bool is_legacy_;
  KerasVersion version_;
  std::string error_;
};

}  // namespace

std::string complaint(const Json& model, bool is_legacy, const KerasVersion& version) {
  return Reader(is_legacy, version).read(model);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
