#include "keras2_optimizer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../legacy_weights.hpp"
#include "../python_json.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

using Variable = optimizers::Optimizer::Variable;

/// What tf.keras calls the slots (tf_keras/optimizers/*.py), by the end of Keras 3's name.
const std::map<std::string, std::map<std::string, std::string>>& slot_names() {
  static const std::map<std::string, std::map<std::string, std::string>> names = {
      {"SGD", {{"momentum", "m"}}},
      {"Adam", {{"momentum", "m"}, {"velocity", "v"}, {"velocity_hat", "vhat"}}},
      {"AdamW", {{"momentum", "m"}, {"velocity", "v"}, {"velocity_hat", "vhat"}}},
      {"RMSprop",
       {{"velocity", "velocity"},
        {"momentum", "momentum"},
        {"average_gradient", "average_gradient"}}},
      {"Adagrad", {{"accumulator", "accumulator"}}},
  };
  return names;
}

/// What tf.keras calls the weights, by the beginning of their slots' names in Keras 3.
std::map<std::string, std::string> weight_names(const Function& function) {
  std::map<std::string, std::string> names;
  for (const auto& [parameter, name] : legacy_weight_names(function, {2, 15, 0})) {
    std::string stem = parameter->path();
    std::ranges::replace(stem, '/', '_');
    names.emplace(stem, name);
  }
  return names;
}

/// "Adam/m/dense/kernel:0" for Keras 3's "dense_kernel_momentum".
std::string slot_name(const std::string& class_name, const std::string& name,
                      const std::map<std::string, std::string>& weights) {
  std::map<std::string, std::string> ends = slot_names().at(class_name);
  ends["average"] = "average";
  std::string best;
  for (const auto& [end, unused] : ends) {
    if (name.ends_with("_" + end) && end.size() > best.size()) best = end;
  }
  if (best.empty()) return concat(class_name, "/", name, ":0");
  const std::string stem = name.substr(0, name.size() - best.size() - 1);
  const auto weight = weights.find(stem);
  return concat(class_name, "/", ends[best], "/",
                weight == weights.end() ? stem + ":0" : weight->second);
}

/// The state in tf.keras's order, with its names: the learning rate is none of it.
std::vector<Variable> state(const optimizers::Optimizer& optimizer, const Function& function) {
  const std::string class_name(optimizer.class_name());
  const auto weights = weight_names(function);
  std::vector<Variable> result;
  bool has_momentum = false;
  for (Variable& variable : optimizer.variables()) {
    if (result.empty()) {
      variable.name = "iteration:0";
    } else if (variable.name == "learning_rate") {
      continue;
    } else {
      has_momentum = has_momentum || variable.name.ends_with("_momentum");
      variable.name = slot_name(class_name, variable.name, weights);
    }
    result.push_back(std::move(variable));
  }
  if (class_name == "SGD" && !has_momentum) {
    // tf.keras keeps a momentum that it does not use.
    for (const Parameter* parameter : function.trainable_weights()) {
      std::string stem = parameter->path();
      std::ranges::replace(stem, '/', '_');
      result.push_back({slot_name(class_name, stem + "_momentum", weights), parameter->dtype(),
                        zeros(shape_of(parameter->value()))});
    }
  }
  return result;
}

}  // namespace

void keras2_optimizer(Json& optimizer) {
  static const std::set<std::string> known = {"SGD",     "Adam",     "AdamW",    "RMSprop",
                                              "Adagrad", "Adadelta", "Adamax",   "Nadam",
                                              "Ftrl",    "Lion",     "Adafactor"};
  const auto class_name = optimizer["class_name"].get<std::string>();
  const std::string label = concat("The optimizer ", class_name);
  if (!known.contains(class_name))
    throw ValueError(label + " cannot be written for Keras 2.15, which does not have it");
  if (optimizer.contains("module")) optimizer["module"] = "keras.optimizers";
  Json& config = optimizer["config"];
  for (const char* key : {"loss_scale_factor", "gradient_accumulation_steps"}) {
    if (config.contains(key) && !config[key].is_null()) {
      throw ValueError(concat(label, ": `", key, "`=", python_json(config[key]),
                              " cannot be written for Keras 2.15. Allowed: null"));
    }
    config.erase(key);
  }
  Json result = Json::object();
  for (const char* key : {"name", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue",
                          "use_ema", "ema_momentum", "ema_overwrite_frequency"}) {
    if (config.contains(key)) result[key] = config[key];
  }
  result["jit_compile"] = false;
  result["is_legacy_optimizer"] = false;
  for (const auto& [key, value] : config.items()) {
    if (!result.contains(key)) result[key] = value;
  }
  config = std::move(result);
}

bool has_keras2_state(const optimizers::Optimizer& optimizer) {
  return slot_names().contains(std::string(optimizer.class_name()));
}

void write_keras2_state(const optimizers::Optimizer& optimizer, const Function& function,
                        bool legacy, io::Hdf5File& file) {
  const std::string group = legacy ? "/optimizer_weights" : "/optimizer/vars";
  file.create_group(group);
  std::vector<std::string> names;
  for (const Variable& variable : state(optimizer, function)) {
    const std::string dataset =
        concat(group, "/", legacy ? variable.name : std::to_string(names.size()));
    if (names.empty()) {
      BasicTensor<std::int64_t> iteration = empty_tensor<std::int64_t>({});
      iteration.data()[0] = optimizer.iterations();
      file.write_dataset(dataset, iteration, "int64");
    } else {
      file.write_dataset(dataset, variable.value, variable.dtype);
    }
    names.push_back(variable.name);
  }
  if (legacy) file.write_string_list(group, "weight_names", names);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
