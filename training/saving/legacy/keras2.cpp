#include <map>
#include <string_view>
#include <vector>

#include "layer_config.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// An argument that Keras 3 does not know.
struct Gone {
  /// The beginning of the class names that had it.
  std::string_view classes;
  const char* key;
  /// The values, as JSON, with which leaving it out changes nothing; none: whatever it is.
  std::vector<std::string_view> harmless;
};

const std::vector<Gone>& gone() {
  static const std::vector<Gone> all = {
      // The shape is in the InputLayer; Keras 1 also noted its parts.
      {"", "batch_input_shape", {}},
      {"", "input_dtype", {}},
      {"", "input_shape", {}},
      {"Dense", "input_dim", {}},
      {"LSTM", "input_dim", {}},
      {"GRU", "input_dim", {}},
      {"SimpleRNN", "input_dim", {}},
      {"Conv", "input_dim", {}},
      {"", "input_length", {}},
      {"", "weights", {"null"}},
      // Of no effect in these classes, though their base had them.
      {"DepthwiseConv", "groups", {"1"}},
      {"DepthwiseConv", "kernel_initializer", {}},
      {"DepthwiseConv", "kernel_regularizer", {}},
      {"DepthwiseConv", "kernel_constraint", {}},
      {"SeparableConv", "groups", {"1"}},
      {"SeparableConv", "kernel_initializer", {}},
      {"SeparableConv", "kernel_regularizer", {}},
      {"SeparableConv", "kernel_constraint", {}},
      {"Conv1DTranspose", "groups", {"1"}},
      {"Conv2DTranspose", "groups", {"1"}},
      {"Conv3DTranspose", "groups", {"1"}},
      {"SpatialDropout", "noise_shape", {"null"}},
      // How it was computed, not what.
      {"LocallyConnected", "implementation", {"1"}},
      {"", "implementation", {}},
      {"BatchNormalization", "fused", {}},
      {"BatchNormalization", "virtual_batch_size", {"null"}},
      {"BatchNormalization", "adjustment", {"null"}},
      {"BatchNormalization", "mode", {"0"}},
      {"BatchNormalization", "input_dim", {}},
      {"RNN", "num_constants", {"null", "0"}},
      {"Bidirectional", "num_constants", {"null", "0"}},
      {"StackedRNNCells", "reverse_state_order", {"false"}},
      {"Embedding", "dropout", {"0.0", "0", "null"}},
      {"Embedding", "sparse", {"false"}},
      {"MultiHeadAttention", "query_shape", {}},
      {"MultiHeadAttention", "key_shape", {}},
      {"MultiHeadAttention", "value_shape", {}},
      {"InputLayer", "type_spec", {"null"}},
      {"", "dynamic", {"false"}},
      {"", "_keras_api_names", {}},
      {"", "_keras_api_names_v1", {}},
      {"", "autocast", {"true"}},
      {"", "jit_compile", {}},
      {"", "experimental_autocast", {"true"}},
  };
  return all;
}

void leave_out(LayerConfig& layer) {
  for (const Gone& entry : gone()) {
    if (!layer.class_name.starts_with(entry.classes) || !layer.has(entry.key)) continue;
    const std::string value = layer.config[entry.key].dump();
    bool harmless = entry.harmless.empty();
    for (const std::string_view allowed : entry.harmless) harmless = harmless || value == allowed;
    if (!harmless) layer.refuse(entry.key, "has no counterpart in Keras 3 and changes the result");
    layer.drop(entry.key);
  }
}

void rename_input(LayerConfig& layer) {
  layer.rename("batch_input_shape", "batch_shape");
  layer.rename("input_dtype", "dtype");
}

/// ZeroPadding of Keras 1: {"top_pad": 1, ...}, or [top, bottom, left, right].
void rename_padding(LayerConfig& layer) {
  Json& padding = layer.config["padding"];
  const auto side = [&](const char* key) { return padding.value(key, Json(0)); };
  if (padding.is_object() && layer.class_name == "ZeroPadding1D") {
    padding = Json::array({side("left_pad"), side("right_pad")});
  } else if (padding.is_object()) {
    padding = Json::array({Json::array({side("top_pad"), side("bottom_pad")}),
                           Json::array({side("left_pad"), side("right_pad")})});
  } else if (padding.is_array() && padding.size() == 4 && layer.class_name == "ZeroPadding2D") {
    padding =
        Json::array({Json::array({padding[0], padding[1]}), Json::array({padding[2], padding[3]})});
  }
}

/// The dtype policies of TensorFlow 1 and of mixed precision's first versions.
void rename_policy(LayerConfig& layer) {
  Json& dtype = layer.config["dtype"];
  const bool is_policy = dtype.is_object() && dtype.contains("config") &&
                         dtype["config"].is_object() && dtype["config"].contains("name");
  Json name = is_policy ? Json(dtype["config"]["name"]) : dtype;
  if (name == "infer" || name == "_infer" || name == "infer_float32_vars" ||
      name == "infer_with_float32_vars") {
    name = "float32";
  }
  if (name.is_string() && name.get_ref<const std::string&>().ends_with("_with_float32_vars"))
    name = "mixed_" + name.get<std::string>().substr(0, name.get<std::string>().find('_'));
  dtype = name;
}

void replace_cudnn(LayerConfig& layer) {
  const bool is_gru = layer.class_name == "CuDNNGRU";
  layer.class_name = is_gru ? "GRU" : "LSTM";
  layer.config["activation"] = "tanh";
  layer.config["recurrent_activation"] = "sigmoid";
  if (is_gru) layer.config["reset_after"] = true;
}

}  // namespace

void rename_keras2(LayerConfig& layer) {
  static const std::map<std::string, std::string> names = {
      {"BatchNormalizationV1", "BatchNormalization"},
      {"BatchNormalizationV2", "BatchNormalization"},
      {"SyncBatchNormalization", "BatchNormalization"},
      {"GRUV1", "GRU"},
      {"GRUV2", "GRU"},
      {"LSTMV1", "LSTM"},
      {"LSTMV2", "LSTM"},
      {"DenseFeaturesV2", "DenseFeatures"},
      {"GlobalAvgPool1D", "GlobalAveragePooling1D"},
      {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
      {"GlobalMaxPool1D", "GlobalMaxPooling1D"},
      {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
      {"MaxPool1D", "MaxPooling1D"},
      {"MaxPool2D", "MaxPooling2D"},
      {"AvgPool1D", "AveragePooling1D"},
      {"AvgPool2D", "AveragePooling2D"},
      {"Convolution2DTranspose", "Conv2DTranspose"},
      {"SeparableConvolution2D", "SeparableConv2D"},
      {"DepthwiseConvolution2D", "DepthwiseConv2D"},
      {"MaxPool3D", "MaxPooling3D"},
      {"AvgPool3D", "AveragePooling3D"},
      {"GlobalAvgPool3D", "GlobalAveragePooling3D"},
      {"GlobalMaxPool3D", "GlobalMaxPooling3D"},
      // Of the package efficientnet: Dropout whose noise_shape may leave sizes open.
      {"FixedDropout", "Dropout"},
  };
  if (const auto found = names.find(layer.class_name); found != names.end())
    layer.class_name = found->second;
  if (layer.class_name == "InputLayer") rename_input(layer);
  if (layer.class_name.starts_with("ZeroPadding") && layer.has("padding")) rename_padding(layer);
  if (layer.has("dtype")) rename_policy(layer);
  if (layer.class_name == "CuDNNGRU" || layer.class_name == "CuDNNLSTM") replace_cudnn(layer);
  if (layer.class_name == "LeakyReLU") layer.rename("alpha", "negative_slope");
  upgrade_recurrent(layer);
  if (layer.class_name == "ThresholdedReLU") {
    layer.class_name = "ReLU";
    layer.rename("theta", "threshold");
  }
  if (layer.class_name == "BatchNormalization" && layer.has("axis") &&
      layer.config["axis"].is_array() && layer.config["axis"].size() == 1) {
    layer.config["axis"] = Json(layer.config["axis"][0]);
  }
  leave_out(layer);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
