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

struct NamedWeight {
  std::string path;
  const Layer* owner;
  const Parameter* parameter;
};

/// The weights of `layer` with the paths that Keras gives its variables: names of the layers from
/// the outside in, but for what is within a functional model, which was built before the model.
void collect(const Layer& layer, const std::string& prefix, std::set<const Layer*>& seen,
             std::vector<NamedWeight>& weights) {
  if (!seen.insert(&layer).second) return;
  const std::string path = prefix + layer.name() + "/";
  for (const Parameter* parameter : stored_order(layer))
    weights.push_back({path + parameter->name(), &layer, parameter});
  const bool is_functional = layer.class_name() == Function::keras_name;
  for (const Sublayer& sublayer : layer.sublayers())
    collect(*sublayer.layer, is_functional ? "" : path, seen, weights);
}

void write_group(const Layer& layer, const std::string& prefix, const std::string& group,
                 io::Hdf5File& file) {
  std::set<const Layer*> seen;
  std::vector<NamedWeight> weights;
  collect(layer, prefix, seen, weights);
  file.create_group(group);
  std::vector<std::string> names;
  for (const bool trainable : {true, false}) {
    for (const NamedWeight& weight : weights) {
      if (weight.parameter->trainable() != trainable) continue;
      names.push_back(weight.path);
      file.write_dataset(group + "/" + weight.path, weight.parameter->value(),
                         stored_dtype(*weight.owner, *weight.parameter));
    }
  }
  file.write_string_list(group, "weight_names", names);
}

}  // namespace

void write_legacy_weights(const Function& function, const std::string& root, io::Hdf5File& file,
                          const std::string& keras_version) {
  file.create_group(root);
  const std::string folder = root == "/" ? root : root + "/";
  const std::string prefix =
      function.class_name() == Function::keras_name ? "" : function.name() + "/";
  std::vector<std::string> names;
  for (const LayerHandle& layer : function.layers()) {
    names.push_back(layer->name());
    write_group(*layer, prefix, folder + layer->name(), file);
  }
  file.write_string_list(root, "layer_names", names);
  file.write_attribute(root, "backend", legacy_backend, io::Hdf5File::Encoding::ascii);
  file.write_attribute(root, "keras_version", keras_version, io::Hdf5File::Encoding::ascii);
  const std::string top = folder + "top_level_model_weights";
  file.create_group(top);
  file.write_string_list(top, "weight_names", {});
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
