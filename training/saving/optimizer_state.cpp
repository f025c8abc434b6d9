#include "optimizer_state.hpp"

#include <string>
#include <vector>

#include "../../framework/base/error.hpp"

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

Tensors read_variables(const VariableStore& store) {
  Tensors values;
  for (const VariableStore::Variable& variable : store.at("optimizer"))
    values.push_back(variable.read());
  return values;
}

Tensors read_legacy(const io::Hdf5File& file) {
  Tensors values;
  if (!file.is_group("/optimizer_weights") ||
      !file.has_attribute("/optimizer_weights", "weight_names")) {
    return values;
  }
  for (const std::string& name : file.string_list_attribute("/optimizer_weights", "weight_names"))
    values.push_back(file.read_dataset<real>("/optimizer_weights/" + name));
  return values;
}

/// Keras 2 has no learning rate in the state and all weights' first slots before the second ones.
void regroup(Tensors& values, const std::vector<Variable>& wanted) {
  if (wanted.size() < 2 || wanted[1].name != "learning_rate" || values.size() + 1 != wanted.size())
    return;
  values.insert(values.begin() + 1, wanted[1].value);
  const std::size_t slots = wanted.size() - 2;
  for (const std::size_t kinds : {2, 3}) {
    const std::size_t weights = slots / kinds;
    if (weights == 0 || slots % kinds != 0 || weights == slots) continue;
    // Slots of one weight have one shape.
    bool is_interleaved = true;
    for (std::size_t i = 0; i < slots; ++i) {
      is_interleaved = is_interleaved && shape_of(wanted[2 + i].value) ==
                                             shape_of(wanted[2 + i / kinds * kinds].value);
    }
    if (!is_interleaved) continue;
    Tensors ordered(values.begin(), values.begin() + 2);
    for (std::size_t weight = 0; weight < weights; ++weight) {
      for (std::size_t kind = 0; kind < kinds; ++kind)
        ordered.push_back(values[2 + kind * weights + weight]);
    }
    bool fits = true;
    for (std::size_t i = 0; i < ordered.size(); ++i)
      fits = fits && shape_of(ordered[i]) == shape_of(wanted[i].value);
    if (fits) {
      values = std::move(ordered);
      return;
    }
  }
}

}  // namespace

void write_optimizer(const optimizers::Optimizer& optimizer, io::Hdf5File& file) {
  const std::string group = "/optimizer/vars";
  file.create_group(group);
  file.write_attribute(group, "name", optimizer.name());
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
  for (const Variable& variable : optimizer.variables()) {
    names.push_back(optimizer.name() + "/" + variable.name);
    write_variable(optimizer, names.size() - 1, variable, group + "/" + names.back(), file);
  }
  file.write_string_list(group, "weight_names", names);
}

void read_optimizer(optimizers::Optimizer& optimizer, const ModelFile& file, LoadReport& report) {
  try {
    Tensors values = file.variables ? read_variables(*file.variables)
                     : file.hdf5    ? read_legacy(*file.hdf5)
                                    : Tensors();
    if (values.empty()) return;
    const std::vector<Variable> wanted = optimizer.variables();
    if (!file.variables) regroup(values, wanted);
    optimizer.set_variables(values);
  } catch (const Error& error) {
    report.warnings.push_back(
        concat("The state of the optimizer was not restored: ", error.what()));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
