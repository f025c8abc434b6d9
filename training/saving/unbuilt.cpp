#include "unbuilt.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// Layers whose output has their input's shape.
bool keeps_shape(std::string_view name) {
  static const std::set<std::string_view> names = {"Activation",
                                                   "ActivityRegularization",
                                                   "AlphaDropout",
                                                   "Dropout",
                                                   "ELU",
                                                   "GaussianDropout",
                                                   "GaussianNoise",
                                                   "Identity",
                                                   "LeakyReLU",
                                                   "Masking",
                                                   "ReLU",
                                                   "Softmax",
                                                   "SpatialDropout1D",
                                                   "SpatialDropout2D",
                                                   "SpatialDropout3D"};
  return names.contains(name);
}

/// Layers that keep the rank and, where it is open, the number of channels.
bool keeps_rank(std::string_view name) {
  return keeps_shape(name) || name.starts_with("ZeroPadding") || name.starts_with("Cropping") ||
         name.starts_with("UpSampling") || name.starts_with("MaxPooling") ||
         name.starts_with("AveragePooling");
}

/// The shape of a layer's first weight in the file; empty where it is not found by name.
Shape first_weight(const Layer& layer, const ModelFile& file) {
  if (!file.hdf5) return {};
  const std::string root = file.hdf5->has("/model_weights") ? "/model_weights/" : "/";
  const std::string group = root + layer.name();
  if (!file.hdf5->is_group(group) || !file.hdf5->has_attribute(group, "weight_names")) return {};
  const auto names = file.hdf5->string_list_attribute(group, "weight_names");
  const std::string dataset = names.empty() ? "" : group + "/" + names[0];
  return !names.empty() && file.hdf5->is_dataset(dataset) ? file.hdf5->shape(dataset) : Shape();
}

bool is_channels_first(const Layer& layer) {
  return layer.get_config().dump().find("\"channels_first\"") != std::string::npos;
}

}  // namespace

Shape input_shape_from_weights(const SequentialFunction& sequential, const ModelFile& file) {
  bool same_shape = true;
  for (const LayerHandle& layer : sequential.layers()) {
    const std::string_view name = layer->class_name();
    const Shape weight = first_weight(*layer, file);
    if (weight.empty()) {
      if (!keeps_rank(name)) return {};
      same_shape = same_shape && keeps_shape(name);
      continue;
    }
    if (name == "Embedding") return {unknown, unknown};
    if (name == "Dense" && weight.size() == 2 && same_shape) return {unknown, weight[0]};
    if ((name == "LSTM" || name == "GRU" || name == "SimpleRNN") && weight.size() == 2 &&
        same_shape) {
      return {unknown, unknown, weight[0]};
    }
    const bool is_conv = name.starts_with("Conv") || name.starts_with("SeparableConv") ||
                         name.starts_with("DepthwiseConv");
    if (!is_conv || weight.size() < 3 || name.ends_with("Transpose")) return {};
    Shape shape(weight.size(), unknown);
    shape[is_channels_first(*layer) ? 1 : weight.size() - 1] = weight[weight.size() - 2];
    return shape;
  }
  return {};
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
