#include "requirements.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../python_json.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// The minor release of Keras 3 in which a class came, for those that came after 3.0.
const std::map<std::string, int>& classes() {
  static const std::map<std::string, int> since{
      // layers
      {"MelSpectrogram", 1},
      {"AutoContrast", 6},
      {"Solarization", 6},
      {"MaxNumBoundingBoxes", 6},
      {"Pipeline", 6},
      {"STFTSpectrogram", 7},
      {"Equalization", 8},
      {"MixUp", 8},
      {"RandAugment", 8},
      {"RandomColorDegeneration", 8},
      {"RandomColorJitter", 8},
      {"RandomGrayscale", 8},
      {"RandomHue", 8},
      {"RandomPosterization", 8},
      {"RandomSaturation", 8},
      {"RandomSharpness", 8},
      {"RandomShear", 8},
      {"AugMix", 9},
      {"CutMix", 9},
      {"RandomErasing", 9},
      {"RandomGaussianBlur", 9},
      {"RandomInvert", 9},
      {"RandomPerspective", 9},
      {"RMSNormalization", 9},
      {"RandomElasticTransform", 11},
      {"AdaptiveAveragePooling1D", 13},
      {"AdaptiveAveragePooling2D", 13},
      {"AdaptiveAveragePooling3D", 13},
      {"AdaptiveMaxPooling1D", 13},
      {"AdaptiveMaxPooling2D", 13},
      {"AdaptiveMaxPooling3D", 13},
      {"ReversibleEmbedding", 13},
      // initializers, optimizers, losses
      {"STFT", 7},
      {"Lamb", 5},
      {"Muon", 10},
      {"MultiOptimizer", 15},
      {"Tversky", 3},
      {"Circle", 7},
      {"CategoricalGeneralizedCrossEntropy", 11},
  };
  return since;
}

const std::map<std::string, int>& activations() {
  static const std::map<std::string, int> since{
      {"celu", 7},
      {"glu", 7},
      {"hard_shrink", 7},
      {"hard_tanh", 7},
      {"log_sigmoid", 7},
      {"squareplus", 7},
      {"soft_shrink", 8},
      {"sparse_plus", 8},
      {"sparsemax", 8},
      {"tanh_shrink", 8},
      {"threshold", 8},
      {"sparse_sigmoid", 11},
      // What Keras 1 and 2 called hard_sigmoid.
      {"hard_sigmoid_keras2", no_keras3},
  };
  return since;
}

constexpr NewArgument arguments[] = {
    {"InputLayer", "ragged", 9, "false"},
    {"InputLayer", "optional", 13, "false"},
    {"BatchNormalization", "renorm", 14, "false"},
    {"BatchNormalization", "renorm_clipping", 14, ""},
    {"BatchNormalization", "renorm_momentum", 14, ""},
    {"Dense", "quantization_config", 13, "null"},
    {"EinsumDense", "quantization_config", 13, "null"},
    {"Embedding", "quantization_config", 13, "null"},
    {"Conv1DTranspose", "output_padding", 11, "null"},
    {"Conv2DTranspose", "output_padding", 11, "null"},
    {"Conv3DTranspose", "output_padding", 11, "null"},
    {"ZeroPadding1D", "data_format", 5, "\"channels_last\""},
    {"Resizing", "pad_to_aspect_ratio", 3, "false"},
    {"Resizing", "fill_mode", 3, ""},
    {"Resizing", "fill_value", 3, ""},
    {"Resizing", "antialias", 9, "false"},
    {"Attention", "seed", 4, "null"},
    {"AdditiveAttention", "seed", 4, "null"},
    {"MultiHeadAttention", "seed", 4, "null"},
    {"GroupQueryAttention", "seed", 4, "null"},
    {"MultiHeadAttention", "use_gate", 14, "false"},
    {"GroupQueryAttention", "use_gate", 14, "false"},
    {"MultiHeadAttention", "sliding_window", 15, "null"},
    {"GroupQueryAttention", "sliding_window", 15, "null"},
    {"GlorotUniform", "input_axes", 15, "null"},
    {"GlorotUniform", "output_axes", 15, "null"},
    {"GlorotNormal", "input_axes", 15, "null"},
    {"GlorotNormal", "output_axes", 15, "null"},
    {"HeUniform", "input_axes", 15, "null"},
    {"HeUniform", "output_axes", 15, "null"},
    {"HeNormal", "input_axes", 15, "null"},
    {"HeNormal", "output_axes", 15, "null"},
    {"LecunUniform", "input_axes", 15, "null"},
    {"LecunUniform", "output_axes", 15, "null"},
    {"LecunNormal", "input_axes", 15, "null"},
    {"LecunNormal", "output_axes", 15, "null"},
    {"VarianceScaling", "input_axes", 15, "null"},
    {"VarianceScaling", "output_axes", 15, "null"},
};

bool exceeds_one(const Json& config, const char* key) {
  if (!config.contains(key)) return false;
  const Json& value = config[key];
  if (value.is_number()) return value > 1;
  return value.is_array() &&
         std::ranges::any_of(value, [](const Json& n) { return n.is_number() && n > 1; });
}

class Collector {
 public:
  std::vector<Requirement> found;

  /// `owner` is the layer around, for the messages.
  void visit(const Json& json, const std::string& owner) {
    if (json.is_array()) {
      for (const Json& item : json) visit(item, owner);
    } else if (json.is_object()) {
      const bool is_object = json.contains("class_name") && json["class_name"].is_string() &&
                             json.contains("config") && json["config"].is_object();
      const std::string own = is_object ? visit_object(json, owner) : owner;
      for (const auto& [key, value] : json.items()) {
        if (key.ends_with("activation") && value.is_string()) visit_activation(key, value, own);
        visit(value, own);
      }
    }
  }

 private:
  /// The label of what is within.
  std::string visit_object(const Json& json, const std::string& owner) {
    const auto class_name = json["class_name"].get<std::string>();
    const Json& config = json["config"];
    const bool is_custom =
        json.contains("registered_name") && json["registered_name"].is_string() &&
        json["registered_name"].get<std::string>().find('>') != std::string::npos;
    if (is_custom) return owner;
    std::string label = owner;
    if (json.value("module", Json()) == "keras.layers")
      label = concat("Layer '", config.value("name", Json("")).get<std::string>(), "' (",
                     class_name, ")");
    else if (owner.empty())
      label = class_name;
    if (const int since = class_since(class_name))
      add(since, label, concat("the class ", class_name));
    for (const auto& [key, value] : config.items()) {
      const NewArgument* argument = new_argument(class_name, key);
      if (argument && *argument->default_value && value != Json::parse(argument->default_value))
        add(argument->since, label, concat("`", key, "`=", python_json(value)));
    }
    if (has_strides_and_dilation(class_name, config)) {
      add(15, label,
          concat("`strides`=", python_json(config["strides"]),
                 " with `dilation_rate`=", python_json(config["dilation_rate"])));
    }
    if (config.contains("activity_regularizer") && !config["activity_regularizer"].is_null()) {
      found.push_back({14,
                       concat(label, ": `activity_regularizer`, which is divided by the ",
                              "batch size only from Keras 3.14 on"),
                       true});
    }
    return label;
  }

  void visit_activation(const std::string& key, const Json& value, const std::string& label) {
    if (const int since = activation_since(value.get<std::string>()))
      add(since, label, concat("`", key, "`=", python_json(value)));
  }

  void add(int since, const std::string& label, const std::string& what) {
    found.push_back({since, concat(label, ": ", what)});
  }
};

}  // namespace

int class_since(const std::string& class_name) {
  const auto since = classes().find(class_name);
  return since == classes().end() ? 0 : since->second;
}

int activation_since(const std::string& name) {
  const auto since = activations().find(name);
  return since == activations().end() ? 0 : since->second;
}

bool has_strides_and_dilation(const std::string& class_name, const Json& config) {
  return (class_name.starts_with("DepthwiseConv") || class_name.starts_with("SeparableConv")) &&
         exceeds_one(config, "strides") && exceeds_one(config, "dilation_rate");
}

const NewArgument* new_argument(const std::string& class_name, const std::string& key) {
  const auto* const found = std::ranges::find_if(arguments, [&](const NewArgument& argument) {
    return class_name == argument.class_name && key == argument.key;
  });
  return found == std::end(arguments) ? nullptr : found;
}

std::vector<Requirement> requirements(const Json& json) {
  Collector collector;
  collector.visit(json, "");
  return std::move(collector.found);
}

int oldest_minor(const std::vector<Requirement>& requirements) {
  int minor = 0;
  for (const Requirement& requirement : requirements) {
    if (requirement.since != no_keras3) minor = std::max(minor, requirement.since);
  }
  return minor;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
