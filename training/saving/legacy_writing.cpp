#include <set>
#include <vector>

#include "../../framework/base/error.hpp"
#include "../../framework/function.hpp"
#include "../../framework/io/hdf5.hpp"
#include "assignments.hpp"
#include "legacy_weights.hpp"

// Writing of the legacy layout (keras/src/legacy/saving/legacy_h5_format.py).

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

struct WrittenWeight {
  std::string path;
  const Layer* owner;
  const Parameter* parameter;
};

/// tf.keras has TensorFlow's names: "dw/depthwise_kernel:0".
std::string weight_name(const Layer& layer, const Parameter& parameter,
                        const KerasVersion& version) {
  if (version.major >= 3) return parameter.name();
  const bool is_depthwise = layer.class_name().starts_with("DepthwiseConv");
  return (is_depthwise && parameter.name() == "kernel" ? "depthwise_kernel" : parameter.name()) +
         ":0";
}

/// The weights of `layer` with the paths that Keras gives its variables: names of the layers from
/// the outside in, but for what is within a functional model, which was built before the model, and
/// in tf.keras within any model.
void collect(const Layer& layer, const std::string& prefix, const KerasVersion& version,
             std::set<const Layer*>& seen, std::vector<WrittenWeight>& weights) {
  if (!seen.insert(&layer).second) return;
  const std::string path = prefix + layer.name() + "/";
  for (const Parameter* parameter : stored_order(layer))
    weights.push_back({path + weight_name(layer, *parameter, version), &layer, parameter});
  const bool begins_anew = layer.class_name() == Function::keras_name ||
                           (version.major < 3 && dynamic_cast<const Function*>(&layer));
  for (const Sublayer& sublayer : layer.sublayers())
    collect(*sublayer.layer, begins_anew ? "" : path, version, seen, weights);
}

void write_group(const Layer& layer, const std::string& prefix, const std::string& group,
                 io::Hdf5File& file, const KerasVersion& version) {
  std::set<const Layer*> seen;
  std::vector<WrittenWeight> weights;
  collect(layer, prefix, version, seen, weights);
  file.create_group(group);
  std::vector<std::string> names;
  for (const bool trainable : {true, false}) {
    for (const WrittenWeight& weight : weights) {
      if (weight.parameter->trainable() != trainable) continue;
      names.push_back(weight.path);
      file.write_dataset(group + "/" + weight.path, weight.parameter->value(),
                         stored_dtype(*weight.owner, *weight.parameter));
    }
  }
  file.write_string_list(group, "weight_names", names);
}

/// What stands before the names of a model's layers.
std::string scope_of(const Function& function, const KerasVersion& version) {
  const bool has_none = function.class_name() == Function::keras_name || version.major < 3;
  return has_none ? "" : function.name() + "/";
}

}  // namespace

std::map<const Parameter*, std::string> legacy_weight_names(const Function& function,
                                                            const KerasVersion& version) {
  std::set<const Layer*> seen;
  std::vector<WrittenWeight> weights;
  for (const LayerHandle& layer : function.layers())
    collect(*layer, scope_of(function, version), version, seen, weights);
  std::map<const Parameter*, std::string> names;
  for (const WrittenWeight& weight : weights) names.emplace(weight.parameter, weight.path);
  return names;
}

void write_legacy_weights(const Function& function, const std::string& root, io::Hdf5File& file,
                          const KerasVersion& version) {
  file.create_group(root);
  const std::string folder = root == "/" ? root : root + "/";
  const std::string prefix = scope_of(function, version);
  std::vector<std::string> names;
  for (const LayerHandle& layer : function.layers()) {
    names.push_back(layer->name());
    write_group(*layer, prefix, folder + layer->name(), file, version);
  }
  file.write_string_list(root, "layer_names", names);
  file.write_attribute(root, "backend", legacy_backend, io::Hdf5File::Encoding::ascii);
  file.write_attribute(root, "keras_version", version.text(), io::Hdf5File::Encoding::ascii);
  const std::string top = folder + "top_level_model_weights";
  file.create_group(top);
  file.write_string_list(top, "weight_names", {});
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
