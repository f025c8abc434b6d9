#include "optimizer_state.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "../../framework/base/error.hpp"
#include "../../framework/function.hpp"
#include "legacy/optimizer_slots.hpp"
#include "legacy_weights.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

using Variable = optimizers::Optimizer::Variable;

/// Without the rounding of a float beyond 2^24.
void write_variable(const optimizers::Optimizer& optimizer, std::size_t i, const Variable& variable,
                    const std::string& dataset, io::Hdf5File& file) {
  if (i == 0) {
    BasicTensor<std::int64_t> iteration = empty_tensor<std::int64_t>({});
    iteration.data()[0] = optimizer.iterations();
    file.write_dataset(dataset, iteration, variable.dtype);
  } else {
    file.write_dataset(dataset, variable.value, variable.dtype);
  }
}

Tensors read_variables(const ModelFile& file, const std::vector<Variable>& wanted) {
  Tensors values;
  for (const VariableStore::Variable& variable : file.variables->at("optimizer"))
    values.push_back(variable.read());
  if (values.empty() || !file.keras_version.starts_with("2")) return values;
  // tf.keras has the same state in a `.keras` as in an `.h5`, without the names.
  std::vector<std::string> names(values.size());
  names[0] = "iteration:0";
  return order_optimizer_state(names, std::move(values), wanted);
}

Tensors read_legacy(const io::Hdf5File& file, const std::vector<Variable>& wanted) {
  Tensors values;
  if (!file.is_group("/optimizer_weights") ||
      !file.has_attribute("/optimizer_weights", "weight_names")) {
    return values;
  }
  const auto names = file.string_list_attribute("/optimizer_weights", "weight_names");
  for (const std::string& name : names)
    values.push_back(file.read_dataset<real>("/optimizer_weights/" + name));
  return values.empty() ? values : order_optimizer_state(names, std::move(values), wanted);
}

/// Keras names what an optimizer keeps for a weight after the weight's whole path, from the model
/// on; ours know the layer that has it. Weights of the same path are told apart by their order.
class SlotNames {
 public:
  SlotNames(const Function& function, const KerasVersion& version) {
    const auto paths = legacy_weight_names(function, version);
    for (const Parameter* weight : function.trainable_weights()) {
      const auto path = paths.find(weight);
      if (path != paths.end()) whole_[joined(weight->path())].push_back(joined(path->second));
    }
  }

  /// The name for the next variable that is called `name`.
  std::string whole(const std::string& name) {
    const std::size_t place = seen_[name]++;
    for (std::size_t end = name.rfind('_'); end != std::string::npos && end > 0;
         end = name.rfind('_', end - 1)) {
      const auto found = whole_.find(name.substr(0, end));
      if (found != whole_.end() && place < found->second.size())
        return found->second[place] + name.substr(end);
    }
    return name;
  }

 private:
  static std::string joined(std::string path) {
    std::ranges::replace(path, '/', '_');
    return path;
  }

  std::map<std::string, std::vector<std::string>> whole_;
  std::map<std::string, std::size_t> seen_;
};

}  // namespace

void write_optimizer(const optimizers::Optimizer& optimizer, io::Hdf5File& file,
                     const KerasVersion& version) {
  const std::string group = "/optimizer/vars";
  file.create_group(group);
  if (vars_have_names(version)) file.write_attribute(group, "name", optimizer.name());
  std::size_t i = 0;
  for (const Variable& variable : optimizer.variables()) {
    write_variable(optimizer, i, variable, concat(group, "/", i), file);
    ++i;
  }
}

void write_legacy_optimizer(const optimizers::Optimizer& optimizer, const Function& function,
                            io::Hdf5File& file, const KerasVersion& version) {
  const std::string group = "/optimizer_weights";
  file.create_group(group);
  SlotNames slots(function, version);
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const Variable& variable : optimizer.variables()) {
    // Adafactor's slots share names, with which Keras fails to save them.
    const std::string whole = optimizer.name() + "/" + slots.whole(variable.name);
    std::string name = whole;
    for (int i = 1; !taken.insert(name).second; ++i) name = concat(whole, "_", i);
    names.push_back(std::move(name));
    write_variable(optimizer, names.size() - 1, variable, group + "/" + names.back(), file);
  }
  file.write_string_list(group, "weight_names", names);
}

void read_optimizer(optimizers::Optimizer& optimizer, const ModelFile& file, LoadReport& report) {
  try {
    const std::vector<Variable> wanted = optimizer.variables();
    Tensors values = file.variables ? read_variables(file, wanted)
                     : file.hdf5    ? read_legacy(*file.hdf5, wanted)
                                    : Tensors();
    if (values.empty()) return;
    optimizer.set_variables(values);
  } catch (const Error& error) {
    report.warnings.push_back(
        concat("The state of the optimizer was not restored: ", error.what()));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
