#include "legacy_weights.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "../../framework/base/error.hpp"
#include "assignments.hpp"
#include "legacy/convert_weights.hpp"
#include "legacy/match_weights.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// A layer's group in the file.
struct Group {
  std::string name;
  std::vector<std::string> weight_names;
};

std::string join(const std::string& root, const std::string& name) {
  return (root == "/" ? "/" : root + "/") + name;
}

std::vector<Group> groups_of(const io::Hdf5File& file, const std::string& root) {
  std::vector<Group> groups;
  for (const std::string& name : file.string_list_attribute(root, "layer_names")) {
    const std::string group = join(root, name);
    if (!file.is_group(group)) {
      throw FileError(
          concat(file.name(), ": '", root, "' lists a layer '", name, "' that has no group"));
    }
    groups.push_back({name, file.string_list_attribute(group, "weight_names")});
  }
  return groups;
}

/// The layers that have weights.
std::vector<LayerHandle> layers_with_weights(const Function& function) {
  if (!function.graph()) function.refuse("has not been built: its input shape is not known");
  std::vector<LayerHandle> layers;
  for (const LayerHandle& layer : function.layers()) {
    if (!layer->weights().empty()) layers.push_back(layer);
  }
  return layers;
}

/// Puts what a file has of each layer where it belongs.
class Assigner {
 public:
  Assigner(const std::string& source, const LegacyReading& reading)
      : reading_(reading), assignments_(source, reading.skip_mismatch || reading.by_name) {}

  /// `group` names the layer in the file, `place` is its number there.
  void assign(const Layer& layer, const std::string& group, std::size_t place,
              std::vector<StoredWeight> stored) {
    const std::size_t found = stored.size();
    std::vector<LayerWeights> parts = match_weights(layer, std::move(stored));
    if (parts.empty()) {
      assignments_.fail(layer, concat("Weight count mismatch for layer #", place, " (named ",
                                      layer.name(), " in the current model, ", group,
                                      " in the save file). Layer expects ", layer.weights().size(),
                                      " weight(s). Received ", found, " saved weight(s)"));
    }
    for (LayerWeights& part : parts) {
      convert_weights(*part.layer, part.values, reading_.origin);
      assign(part, layer, place);
    }
  }

  void finish(LoadReport& report) {
    assignments_.finish();
    report.warnings.insert(report.warnings.end(), assignments_.warnings().begin(),
                           assignments_.warnings().end());
  }

 private:
  void assign(LayerWeights& part, const Layer& layer, std::size_t place) {
    const auto parameters = stored_order(*part.layer);
    if (part.values.size() != parameters.size()) {
      assignments_.fail(*part.layer,
                        concat("Weight count mismatch for layer #", place, " (named ", layer.name(),
                               "). Layer expects ", parameters.size(), " weight(s). Received ",
                               part.values.size(), " saved weight(s)"));
      return;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Shape expected = shape_of(parameters[i]->value()), actual = shape_of(part.values[i]);
      if (expected == actual) {
        assignments_.add(*parameters[i], std::move(part.values[i]));
      } else {
        assignments_.fail(
            *part.layer,
            concat("Shape mismatch in layer #", place, " (named ", layer.name(), ") for weight ",
                   parameters[i]->path(), ". Weight expects shape ", shape_text(expected),
                   ". Received saved weight with shape ", shape_text(actual)));
      }
    }
  }

  LegacyReading reading_;
  Assignments assignments_;
};

class Reader {
 public:
  Reader(const io::Hdf5File& file, const LegacyReading& reading)
      : file_(file),
        reading_(reading),
        root_(file.has("/model_weights") ? "/model_weights" : "/"),
        assigner_(file.name(), reading) {
    for (Group& group : groups_of(file, root_)) {
      if (!group.weight_names.empty()) groups_.push_back(std::move(group));
    }
  }

  void read(const Function& function) {
    const std::vector<LayerHandle> layers = layers_with_weights(function);
    std::map<std::string, const Group*> by_name;
    for (const Group& group : groups_) by_name.emplace(group.name, &group);
    const bool names_agree = std::ranges::all_of(
        layers, [&](const LayerHandle& layer) { return by_name.contains(layer->name()); });
    if (!names_agree && !reading_.by_name && layers.size() != groups_.size()) {
      throw ValueError(concat(
          file_.name(), ": Layer count mismatch when loading weights from file. ",
          "Model expected ", layers.size(), " layers, found ", groups_.size(), " saved layers."));
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const auto named = by_name.find(layers[i]->name());
      if (named != by_name.end() && (names_agree || reading_.by_name)) {
        read_layer(*layers[i], *named->second, i);
      } else if (!reading_.by_name) {
        read_layer(*layers[i], groups_[i], i);
      }
    }
  }

  void finish(LoadReport& report) { assigner_.finish(report); }

 private:
  void read_layer(const Layer& layer, const Group& group, std::size_t place) {
    std::vector<StoredWeight> stored;
    for (const std::string& name : group.weight_names) {
      const std::string dataset = join(join(root_, group.name), name);
      if (!file_.is_dataset(dataset))
        throw FileError(concat(file_.name(), ": the weight '", dataset, "' is missing"));
      stored.push_back({name, file_.read_dataset<real>(dataset)});
    }
    assigner_.assign(layer, group.name, place, std::move(stored));
  }

  const io::Hdf5File& file_;
  LegacyReading reading_;
  std::string root_;
  std::vector<Group> groups_;
  Assigner assigner_;
};

}  // namespace

void read_legacy_weights(const Function& function, const io::Hdf5File& file,
                         const LegacyReading& reading, LoadReport& report) {
  Reader reader(file, reading);
  reader.read(function);
  reader.finish(report);
}

void read_named_weights(const Function& function, const std::vector<NamedWeight>& weights,
                        const std::string& source, const LegacyReading& reading,
                        LoadReport& report) {
  const std::vector<LayerHandle> layers = layers_with_weights(function);
  std::size_t expected = 0;
  for (const LayerHandle& layer : layers) expected += layer->weights().size();
  if (expected != weights.size()) {
    throw ValueError(concat(source, ": the model expects ", expected, " weights, but the file has ",
                            weights.size()));
  }
  Assigner assigner(source, reading);
  std::size_t next = 0, place = 0;
  for (const LayerHandle& layer : layers) {
    std::vector<StoredWeight> stored;
    for (std::size_t i = layer->weights().size(); i > 0; --i, ++next)
      stored.push_back({weights[next].name, weights[next].read()});
    assigner.assign(*layer, layer->name(), place++, std::move(stored));
  }
  assigner.finish(report);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
