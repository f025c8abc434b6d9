#include "weights.hpp"

#include <set>

#include "../../framework/base/error.hpp"
#include "../../framework/naming.hpp"
#include "../../framework/stores_assets.hpp"
#include "../../framework/stores_more.hpp"
#include "assignments.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// What Keras 3 stores for `layer`, in its order.
std::vector<Parameter*> stored_variables(const Layer& layer) {
  std::vector<Parameter*> all;
  if (const auto* more = dynamic_cast<const StoresMore*>(&layer)) all = more->also_stored();
  for (Parameter* own : stored_order(layer)) all.push_back(own);
  return all;
}

class Reader {
 public:
  Reader(const VariableStore& store, bool skip_mismatch)
      : store_(store), assignments_(store.source(), skip_mismatch) {}

  void visit(const Layer& layer, const std::string& path) {
    if (!visited_.insert(&layer).second) return;
    read_own(layer, path);
    const std::vector<Sublayer> sublayers = layer.sublayers();
    const auto paths = places(sublayers, path);
    for (std::size_t i = 0; i < sublayers.size(); ++i) visit(*sublayers[i].layer, paths[i]);
  }

  void finish(LoadReport& report) {
    for (const std::string& path : store_.paths()) {
      if (!known_.contains(path) && path != "optimizer")
        report.warnings.push_back(
            concat(store_.source(), ": the variables at '", path, "' belong to no layer"));
    }
    assignments_.finish();
    report.warnings.insert(report.warnings.end(), assignments_.warnings().begin(),
                           assignments_.warnings().end());
  }

 private:
  std::vector<std::string> places(const std::vector<Sublayer>& sublayers,
                                  const std::string& path) const {
    std::vector<std::string> plain, class_names;
    for (const Sublayer& sublayer : sublayers) {
      plain.push_back(path.empty() ? sublayer.path : path + "/" + sublayer.path);
      if (sublayer.path.starts_with("layers/"))
        class_names.push_back(to_snake_case(sublayer.layer->class_name()));
    }
    return class_names.size() == plain.size() ? store_.layer_paths(path, class_names) : plain;
  }

  void read_own(const Layer& layer, const std::string& path) {
    known_.insert(path);
    const auto parameters = stored_variables(layer);
    const auto& stored = store_.at(path);
    if (stored.size() != parameters.size()) {
      std::vector<std::string> names;
      for (const Parameter* parameter : parameters) names.push_back("'" + parameter->name() + "'");
      std::string reason = concat(
          "Layer '", layer.name(), "' expected ", parameters.size(), " variables, but received ",
          stored.size(), " variables during loading. Expected: ", names, ", at '", path, "/vars'.");
      if (!layer.built()) reason += " The layer has not been built: its input shape is not known.";
      assignments_.fail(layer, reason);
      return;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Shape expected = shape_of(parameters[i]->value());
      if (stored[i].shape != expected) {
        assignments_.fail(
            layer,
            concat("Shape mismatch for weight '", parameters[i]->name(), "'. Weight expects shape ",
                   shape_text(expected), ". Received saved weight with shape ",
                   shape_text(stored[i].shape), " at '", stored[i].where, "'."));
        continue;
      }
      assignments_.add(*parameters[i], stored[i].read());
    }
  }

  const VariableStore& store_;
  Assignments assignments_;
  std::set<const Layer*> visited_;
  std::set<std::string> known_;
};

void write_own(const Layer& layer, const std::string& path, io::Hdf5File& file,
               const KerasVersion& version) {
  const std::string group = path + "/vars";
  file.create_group(group);
  if (vars_have_names(version)) file.write_attribute(group, "name", layer.name());
  const auto* const named = dynamic_cast<const StoresAssets*>(&layer);
  std::size_t index = 0;
  for (const Parameter* parameter : stored_variables(layer)) {
    std::string name = named ? named->variable_name(index) : std::string();
    if (name.empty()) name = std::to_string(index);
    ++index;
    file.write_dataset(concat(group, "/", name), parameter->value(),
                       stored_dtype(layer, *parameter));
  }
}

void write(const Layer& layer, const std::string& path, std::set<const Layer*>& visited,
           io::Hdf5File& file, const KerasVersion& version) {
  if (!visited.insert(&layer).second) return;
  write_own(layer, path, file, version);
  for (const Sublayer& sublayer : layer.sublayers())
    write(*sublayer.layer, path + "/" + sublayer.path, visited, file, version);
}

}  // namespace

void read_weights(const Layer& layer, const VariableStore& store, bool skip_mismatch,
                  LoadReport& report) {
  Reader reader(store, skip_mismatch);
  reader.visit(layer, "");
  reader.finish(report);
}

void write_weights(const Layer& layer, io::Hdf5File& file, const KerasVersion& version) {
  std::set<const Layer*> visited;
  write(layer, "", visited, file, version);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
