#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../python_json.hpp"
#include "keras2.hpp"

// The arguments of tf.keras 2.15's layers (get_config in tf_keras/layers).

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// `keys`: the arguments in tf.keras's order; "key=value" where Keras 3 has none, "key<name" where
/// Keras 3 has another name. `gone`: what tf.keras does not have, with the one value that it may
/// have; without a value, whatever it is.
struct Keras2Layer {
  const char* class_names;
  const char* keys;
  const char* gone;
};

constexpr const char* conv =
    "filters kernel_size strides padding data_format dilation_rate groups=1 activation use_bias "
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer "
    "activity_regularizer=null kernel_constraint bias_constraint";
constexpr const char* conv_transpose =
    "filters kernel_size strides padding data_format dilation_rate groups=1 activation use_bias "
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer "
    "activity_regularizer=null kernel_constraint bias_constraint output_padding=null";
constexpr const char* cell =
    "units activation recurrent_activation use_bias kernel_initializer recurrent_initializer "
    "bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint "
    "recurrent_constraint bias_constraint dropout recurrent_dropout ";
constexpr const char* pool = "pool_size padding strides data_format";

const std::vector<Keras2Layer>& all_layers() {
  static const std::string lstm_arguments =
      "return_sequences return_state go_backwards stateful unroll time_major=false units "
      "activation recurrent_activation use_bias kernel_initializer recurrent_initializer "
      "bias_initializer unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer "
      "activity_regularizer=null kernel_constraint recurrent_constraint bias_constraint dropout "
      "recurrent_dropout implementation=2";
  static const std::string gru_arguments =
      "return_sequences return_state go_backwards stateful unroll time_major=false units "
      "activation recurrent_activation use_bias kernel_initializer recurrent_initializer "
      "bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer "
      "activity_regularizer=null kernel_constraint recurrent_constraint bias_constraint dropout "
      "recurrent_dropout implementation=2 reset_after";
  static const std::string simple_rnn_arguments =
      "return_sequences return_state go_backwards stateful unroll units activation use_bias "
      "kernel_initializer recurrent_initializer bias_initializer kernel_regularizer "
      "recurrent_regularizer bias_regularizer activity_regularizer=null kernel_constraint "
      "recurrent_constraint bias_constraint dropout recurrent_dropout";
  static const std::string lstm_cell = std::string(cell) + "unit_forget_bias implementation=2";
  static const std::string gru_cell = std::string(cell) + "implementation=2 reset_after";
  static const std::vector<Keras2Layer> layers = {
      {"InputLayer", "batch_input_shape<batch_shape dtype sparse ragged", "optional=false"},
      {"Dense",
       "units activation use_bias kernel_initializer bias_initializer kernel_regularizer "
       "bias_regularizer activity_regularizer=null kernel_constraint bias_constraint",
       "quantization_config=null"},
      {"EinsumDense",
       "output_shape equation activation bias_axes kernel_initializer bias_initializer "
       "kernel_regularizer bias_regularizer activity_regularizer=null kernel_constraint "
       "bias_constraint",
       "quantization_config=null"},
      {"Embedding",
       "input_dim output_dim embeddings_initializer embeddings_regularizer "
       "activity_regularizer=null embeddings_constraint mask_zero input_length=null",
       "quantization_config=null"},
      {"Conv1D Conv2D Conv3D", conv, ""},
      {"Conv1DTranspose Conv2DTranspose Conv3DTranspose", conv_transpose, ""},
      {"DepthwiseConv1D DepthwiseConv2D",
       "kernel_size strides padding data_format dilation_rate groups=1 activation use_bias "
       "bias_initializer bias_regularizer activity_regularizer=null bias_constraint "
       "depth_multiplier depthwise_initializer depthwise_regularizer depthwise_constraint",
       ""},
      {"SeparableConv1D SeparableConv2D",
       "filters kernel_size strides padding data_format dilation_rate groups=1 activation use_bias "
       "bias_initializer bias_regularizer activity_regularizer=null bias_constraint "
       "depth_multiplier depthwise_initializer pointwise_initializer depthwise_regularizer "
       "pointwise_regularizer depthwise_constraint pointwise_constraint",
       ""},
      {"BatchNormalization",
       "axis momentum epsilon center scale beta_initializer gamma_initializer "
       "moving_mean_initializer moving_variance_initializer beta_regularizer gamma_regularizer "
       "beta_constraint gamma_constraint",
       "synchronized=false renorm=false renorm_clipping renorm_momentum"},
      {"LayerNormalization",
       "axis epsilon center scale beta_initializer gamma_initializer beta_regularizer "
       "gamma_regularizer beta_constraint gamma_constraint",
       "rms_scaling=false"},
      {"GroupNormalization",
       "groups axis epsilon center scale beta_initializer gamma_initializer beta_regularizer "
       "gamma_regularizer beta_constraint gamma_constraint",
       ""},
      {"UnitNormalization", "axis", ""},
      {"Activation", "activation", ""},
      {"ReLU", "max_value negative_slope threshold", ""},
      {"LeakyReLU", "alpha<negative_slope", ""},
      {"ELU", "alpha", ""},
      {"PReLU", "alpha_initializer alpha_regularizer alpha_constraint shared_axes", ""},
      {"Softmax", "axis", ""},
      {"MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D",
       pool, ""},
      {"GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D "
       "GlobalAveragePooling2D GlobalAveragePooling3D",
       "data_format keepdims", ""},
      {"ZeroPadding1D", "padding", "data_format=\"channels_last\""},
      {"ZeroPadding2D ZeroPadding3D", "padding data_format", ""},
      {"Cropping1D", "cropping", ""},
      {"Cropping2D Cropping3D", "cropping data_format", ""},
      {"UpSampling1D", "size", ""},
      {"UpSampling2D", "size data_format interpolation", ""},
      {"UpSampling3D", "size data_format", ""},
      {"Flatten", "data_format", ""},
      {"Reshape", "target_shape", ""},
      {"Permute", "dims", ""},
      {"RepeatVector", "n", ""},
      {"Masking", "mask_value", ""},
      {"Identity Add Subtract Multiply Average Maximum Minimum", "", ""},
      {"Concatenate", "axis", ""},
      {"Dot", "axes normalize", ""},
      {"Dropout", "rate noise_shape seed", ""},
      {"AlphaDropout", "rate seed", "noise_shape=null"},
      {"SpatialDropout1D", "rate noise_shape=null seed", ""},
      {"SpatialDropout2D SpatialDropout3D", "rate noise_shape=null seed",
       "data_format=\"channels_last\""},
      {"GaussianDropout", "rate seed", ""},
      {"GaussianNoise", "stddev seed", ""},
      {"ActivityRegularization", "l1 l2", ""},
      {"LSTM", lstm_arguments.c_str(), "zero_output_for_mask=false seed"},
      {"GRU", gru_arguments.c_str(), "zero_output_for_mask=false seed"},
      {"SimpleRNN", simple_rnn_arguments.c_str(), "zero_output_for_mask=false seed"},
      {"LSTMCell", lstm_cell.c_str(), "seed"},
      {"GRUCell", gru_cell.c_str(), "seed"},
      {"SimpleRNNCell",
       "units activation use_bias kernel_initializer recurrent_initializer bias_initializer "
       "kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint "
       "recurrent_constraint bias_constraint dropout recurrent_dropout",
       "seed"},
      {"RNN", "return_sequences return_state go_backwards stateful unroll time_major=false cell",
       "zero_output_for_mask=false"},
      {"StackedRNNCells", "cells", ""},
      {"Bidirectional", "layer merge_mode backward_layer", ""},
      {"TimeDistributed", "layer", ""},
      {"Attention", "use_scale score_mode dropout", "seed"},
      {"AdditiveAttention", "use_scale dropout", "seed"},
      {"Rescaling", "scale offset", ""},
      {"CategoryEncoding", "num_tokens output_mode sparse=false", ""},
  };
  return layers;
}

const Keras2Layer* find(const std::string& class_name) {
  for (const Keras2Layer& layer : all_layers()) {
    std::istringstream names(layer.class_names);
    for (std::string name; names >> name;) {
      if (name == class_name) return &layer;
    }
  }
  return nullptr;
}

std::string label(const std::string& class_name, const Json& config) {
  return concat("Layer '", config.value("name", Json("")).get<std::string>(), "' (", class_name,
                ")");
}

/// Takes from `config` what tf.keras does not have.
void leave_out(const Keras2Layer& layer, const std::string& class_name, Json& config) {
  std::istringstream gone(layer.gone);
  for (std::string entry; gone >> entry;) {
    const auto equals = entry.find('=');
    const std::string key = entry.substr(0, equals);
    if (!config.contains(key)) continue;
    if (equals != std::string::npos && config[key] != Json::parse(entry.substr(equals + 1))) {
      throw ValueError(concat(label(class_name, config), ": `", key, "`=", python_json(config[key]),
                              " cannot be written for Keras 2.15. ",
                              "Allowed: ", entry.substr(equals + 1)));
    }
    config.erase(key);
  }
}

/// tf.keras lists the axes, counted from the front.
void list_axis(Json& config, const Layer* layer) {
  if (!config["axis"].is_number_integer() || !layer || layer->build_shapes().size() != 1) return;
  auto axis = config["axis"].get<std::int64_t>();
  if (axis < 0) axis += static_cast<std::int64_t>(layer->build_shapes()[0].size());
  config["axis"] = Json::array({axis});
}

/// tf.keras names the layers within a Bidirectional itself, and makes the second from the first.
void bidirectional(Json& config) {
  Json& layer = config["layer"]["config"];
  const auto strip = [](Json& name, std::string_view prefix) {
    auto text = name.get<std::string>();
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    name = text;
  };
  if (layer.contains("name")) strip(layer["name"], "forward_");
  if (!config.contains("backward_layer") || !config["backward_layer"].is_object()) return;
  Json backward = config["backward_layer"]["config"], forward = layer;
  for (Json* side : {&backward, &forward}) {
    side->erase("name");
    side->erase("go_backwards");
  }
  if (backward == forward) config.erase("backward_layer");
}

}  // namespace

void keras2_layer(std::string& class_name, Json& config, const Layer* layer) {
  const Keras2Layer* known = find(class_name);
  if (!known) {
    throw ValueError(concat(label(class_name, config), ": the class ", class_name,
                            " cannot be written for Keras 2.15. Allowed: keras_version=3.0 or "
                            "newer"));
  }
  leave_out(*known, class_name, config);
  if (class_name == "BatchNormalization" || class_name == "LayerNormalization")
    list_axis(config, layer);
  if (class_name == "Bidirectional") bidirectional(config);
  Json result = Json::object();
  const bool is_input = class_name == "InputLayer";
  for (const char* key : {"name", "trainable", "dtype"}) {
    if (config.contains(key) && !is_input) result[key] = config[key];
  }
  std::istringstream keys(known->keys);
  for (std::string entry; keys >> entry;) {
    const auto mark = entry.find_first_of("=<");
    const std::string key = entry.substr(0, mark);
    const std::string old = mark != entry.npos && entry[mark] == '<' ? entry.substr(mark + 1) : key;
    if (config.contains(old)) {
      result[key] = config[old];
      config.erase(old);
    } else if (mark != entry.npos && entry[mark] == '=') {
      result[key] = Json::parse(entry.substr(mark + 1));
    }
  }
  if (is_input) result["name"] = config["name"];
  // A regularizer of the output is an argument of every layer.
  if (config.contains("activity_regularizer"))
    result["activity_regularizer"] = config["activity_regularizer"];
  config = std::move(result);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
