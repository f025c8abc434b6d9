#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "layer_config.hpp"

// What keras/legacy/interfaces.py of Keras 2 does to the arguments of Keras 1.

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

using Renames = std::vector<std::pair<const char*, const char*>>;

const std::map<std::string, std::string>& class_names() {
  static const std::map<std::string, std::string> names = {
      {"Convolution1D", "Conv1D"},
      {"Convolution2D", "Conv2D"},
      {"Convolution3D", "Conv3D"},
      {"AtrousConvolution1D", "Conv1D"},
      {"AtrousConvolution2D", "Conv2D"},
      {"AtrousConv1D", "Conv1D"},
      {"AtrousConv2D", "Conv2D"},
      {"Deconvolution2D", "Conv2DTranspose"},
      {"Deconvolution3D", "Conv3DTranspose"},
      {"SeparableConvolution1D", "SeparableConv1D"},
      {"SeparableConvolution2D", "SeparableConv2D"},
  };
  return names;
}

/// Arguments that mean the same in every class that has them.
const Renames common = {
    {"W_regularizer", "kernel_regularizer"},
    {"W_constraint", "kernel_constraint"},
    {"U_regularizer", "recurrent_regularizer"},
    {"U_constraint", "recurrent_constraint"},
    {"b_regularizer", "bias_regularizer"},
    {"b_constraint", "bias_constraint"},
    {"inner_init", "recurrent_initializer"},
    {"inner_activation", "recurrent_activation"},
    {"dropout_W", "dropout"},
    {"dropout_U", "recurrent_dropout"},
    {"nb_filter", "filters"},
    {"border_mode", "padding"},
    {"subsample", "strides"},
    {"atrous_rate", "dilation_rate"},
    {"gamma_init", "gamma_initializer"},
    {"beta_init", "beta_initializer"},
    {"filter_length", "kernel_size"},
    {"subsample_length", "strides"},
    {"pool_length", "pool_size"},
    {"depthwise_init", "depthwise_initializer"},
    {"pointwise_init", "pointwise_initializer"},
};

const std::map<std::string, Renames>& of_class() {
  static const std::map<std::string, Renames> renames = {
      {"Embedding",
       {{"init", "embeddings_initializer"},
        {"kernel_regularizer", "embeddings_regularizer"},
        {"kernel_constraint", "embeddings_constraint"}}},
      {"Dropout", {{"p", "rate"}}},
      {"SpatialDropout1D", {{"p", "rate"}}},
      {"SpatialDropout2D", {{"p", "rate"}}},
      {"SpatialDropout3D", {{"p", "rate"}}},
      {"GaussianDropout", {{"p", "rate"}}},
      {"GaussianNoise", {{"sigma", "stddev"}}},
      {"PReLU", {{"init", "alpha_initializer"}}},
      {"MaxPooling1D", {{"stride", "strides"}}},
      {"AveragePooling1D", {{"stride", "strides"}}},
      {"UpSampling1D", {{"length", "size"}}},
      {"SeparableConv2D", {{"init", "depthwise_initializer"}}},
  };
  return renames;
}

void rename_sizes(LayerConfig& layer) {
  Json& config = layer.config;
  for (const auto& keys : {std::array<const char*, 3>{"nb_row", "nb_col", ""},
                           {"kernel_dim1", "kernel_dim2", "kernel_dim3"}}) {
    if (!config.contains(keys[0])) continue;
    Json size = Json::array();
    for (const char* key : keys) {
      if (!config.contains(key)) continue;
      size.push_back(config[key]);
      config.erase(key);
    }
    config["kernel_size"] = std::move(size);
  }
}

void rename_data_format(LayerConfig& layer) {
  if (!layer.has("dim_ordering")) return;
  const Json& ordering = layer.config["dim_ordering"];
  if (ordering == "th") {
    layer.config["data_format"] = "channels_first";
  } else if (ordering == "tf" || ordering == "default") {
    layer.config["data_format"] = "channels_last";
  } else {
    layer.refuse("dim_ordering", "is neither \"tf\" nor \"th\"");
  }
  layer.config.erase("dim_ordering");
}

/// -1, [1, 2], or [[1], [2]] as the first versions had it.
Json dot_axes(const Json& axes) {
  if (!axes.is_array()) return Json::array({axes, axes});
  Json result = Json::array();
  for (const Json& axis : axes)
    result.push_back(axis.is_array() && axis.size() == 1 ? Json(axis[0]) : axis);
  return result;
}

/// Merge(mode) became a class for each mode.
void rename_merge(LayerConfig& layer) {
  static const std::map<std::string, std::string> modes = {
      {"sum", "Add"},     {"mul", "Multiply"}, {"concat", "Concatenate"},
      {"ave", "Average"}, {"max", "Maximum"},  {"dot", "Dot"},
      {"cos", "Dot"}};
  const Json mode = layer.config.value("mode", Json("sum"));
  const Json type = layer.config.value("mode_type", Json("raw"));
  const auto found =
      mode.is_string() && type == "raw" ? modes.find(mode.get<std::string>()) : modes.end();
  if (found == modes.end()) {
    throw ValueError(concat(layer.label(), " merges by Python code, which is never executed: ",
                            "write a layer of the same function, and say so before loading: ",
                            "keratin::register_layer<MergeLayer>();"));
  }
  Json config = {{"name", layer.config.value("name", Json(nullptr))}};
  if (found->second == "Concatenate") config["axis"] = layer.config.value("concat_axis", Json(-1));
  if (found->second == "Dot") {
    const Json axes = layer.config.value("dot_axes", Json(-1));
    config["axes"] = dot_axes(axes);
    config["normalize"] = mode == "cos";
  }
  layer.class_name = found->second;
  layer.config = std::move(config);
}

void wrap_time_distributed_dense(LayerConfig& layer) {
  const std::string name = layer.config.value("name", "");
  Json dense = layer.config;
  dense.erase("batch_input_shape");
  dense["name"] = name + "_dense";
  LayerConfig inner{"Dense", std::move(dense), layer.origin, layer.report};
  rename_keras1(inner);
  Json config = {{"name", name}};
  if (layer.has("trainable")) config["trainable"] = layer.config["trainable"];
  if (layer.has("batch_input_shape"))
    config["batch_input_shape"] = layer.config["batch_input_shape"];
  config["layer"] = {{"class_name", "Dense"}, {"config", std::move(inner.config)}};
  layer.class_name = "TimeDistributed";
  layer.config = std::move(config);
}

bool is_recurrent(const std::string& name) {
  return name == "LSTM" || name == "GRU" || name == "SimpleRNN" || name == "ConvLSTM2D";
}

}  // namespace

void LayerConfig::rename(const char* from, const char* to) {
  if (!config.contains(from)) return;
  if (!config.contains(to)) config[to] = config[from];
  config.erase(from);
}

void LayerConfig::drop(const char* key) {
  if (!config.contains(key)) return;
  if (!config[key].is_null())
    report.notes.push_back(concat(label(), ": `", key, "`=", config[key].dump(), " was left out"));
  config.erase(key);
}

void rename_keras1(LayerConfig& layer) {
  if (layer.class_name == "Merge") return rename_merge(layer);
  if (layer.class_name == "TimeDistributedDense") return wrap_time_distributed_dense(layer);
  if (const auto found = class_names().find(layer.class_name); found != class_names().end())
    layer.class_name = found->second;
  for (const auto& [from, to] : common) layer.rename(from, to);
  if (const auto found = of_class().find(layer.class_name); found != of_class().end()) {
    for (const auto& [from, to] : found->second) layer.rename(from, to);
  }
  rename_sizes(layer);
  rename_data_format(layer);
  if (layer.class_name == "Dense" || is_recurrent(layer.class_name))
    layer.rename("output_dim", "units");
  layer.rename("init", "kernel_initializer");
  if (layer.class_name.starts_with("Conv") || layer.class_name.starts_with("LocallyConnected") ||
      layer.class_name.starts_with("SeparableConv") || layer.class_name == "Dense") {
    layer.rename("bias", "use_bias");
  }
  if (layer.class_name.starts_with("SeparableConv")) {
    layer.drop("kernel_initializer");
    layer.drop("kernel_regularizer");
    layer.drop("kernel_constraint");
  }
  if (layer.has("forget_bias_init")) {
    layer.config["unit_forget_bias"] = layer.config["forget_bias_init"] == "one";
    layer.config.erase("forget_bias_init");
  }
  if (layer.class_name.ends_with("Transpose")) layer.drop("output_shape");
  layer.drop("consume_less");
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
