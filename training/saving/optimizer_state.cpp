#include "optimizer_state.hpp"

#include <set>
#include <string>
#include <vector>

#include "../../framework/base/error.hpp"
#include "legacy/optimizer_slots.hpp"
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

void write_legacy_optimizer(const optimizers::Optimizer& optimizer, io::Hdf5File& file) {
  const std::string group = "/optimizer_weights";
  file.create_group(group);
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const Variable& variable : optimizer.variables()) {
    // Adafactor's slots share names, with which Keras fails to save them.
    std::string name = optimizer.name() + "/" + variable.name;
    for (int i = 1; !taken.insert(name).second; ++i)
      name = concat(optimizer.name(), "/", variable.name, "_", i);
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
