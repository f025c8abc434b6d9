#include "optimizer_state.hpp"

#include <set>
#include <string>
#include <vector>

#include "../../framework/base/error.hpp"
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

Tensors read_variables(const VariableStore& store) {
  Tensors values;
  for (const VariableStore::Variable& variable : store.at("optimizer"))
    values.push_back(variable.read());
  return values;
}

struct LegacyState {
  Tensors values = {};
  /// The slots of one weight stand together.
  bool is_interleaved = true;
};

LegacyState read_legacy(const io::Hdf5File& file) {
  LegacyState state;
  if (!file.is_group("/optimizer_weights") ||
      !file.has_attribute("/optimizer_weights", "weight_names")) {
    return state;
  }
  const auto names = file.string_list_attribute("/optimizer_weights", "weight_names");
  for (const std::string& name : names)
    state.values.push_back(file.read_dataset<real>("/optimizer_weights/" + name));
  // "iteration:0" since tf.keras 2.11, "adam/iteration" in Keras 3; "Adam/iter:0" before.
  state.is_interleaved = !names.empty() && names[0].find("iteration") != std::string::npos;
  return state;
}

/// Keras 2 has no learning rate in the state, and SGD a momentum even where it does not use it.
void complete(Tensors& values, const std::vector<Variable>& wanted) {
  if (wanted.size() < 2 || wanted[1].name != "learning_rate") return;
  const bool has_no_slots = wanted.size() == 2;
  if (has_no_slots && values.size() != 2) values.resize(1);
  if (values.size() + 1 == wanted.size()) values.insert(values.begin() + 1, wanted[1].value);
}

/// Until 2.10 Keras had all weights' first slots before the second ones.
void regroup(Tensors& values, const std::vector<Variable>& wanted) {
  if (values.size() != wanted.size()) return;
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
    LegacyState state;
    if (file.variables) {
      state.values = read_variables(*file.variables);
    } else if (file.hdf5) {
      state = read_legacy(*file.hdf5);
    }
    if (state.values.empty()) return;
    const std::vector<Variable> wanted = optimizer.variables();
    complete(state.values, wanted);
    if (!state.is_interleaved) regroup(state.values, wanted);
    optimizer.set_variables(state.values);
  } catch (const Error& error) {
    report.warnings.push_back(
        concat("The state of the optimizer was not restored: ", error.what()));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
