#include "loss_scale.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/serialization.hpp"
#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {
namespace {

bool is_finite(const Tensor& tensor) {
  return std::all_of(tensor.begin(), tensor.end(), [](real x) { return std::isfinite(x); });
}

/// Older files have these, without effect; Keras takes their defaults only.
void check_base_options(const Json& config) {
  for (const auto& [key, value] : config.items()) {
    if (key == "name" || key == "inner_optimizer" || key == "initial_scale" ||
        key == "dynamic_growth_steps" || key == "learning_rate") {
      continue;
    }
    if (key == "dynamic") {
      if (value == true) continue;
      throw ValueError(concat("LossScaleOptimizer no longer supports `dynamic=False`. Instead, ",
                              "simply set `loss_scale_factor` directly on the `inner_optimizer`."));
    }
    const bool is_default = value.is_null() || (key == "use_ema" && value == false) ||
                            (key == "ema_momentum" && value == 0.99);
    if (!is_default) {
      throw ValueError(concat("LossScaleOptimizer does not support `", key, "`. Instead, set `",
                              key, "` on the `inner_optimizer`."));
    }
  }
}

}  // namespace

LossScaleOptimizer::LossScaleOptimizer(std::shared_ptr<Optimizer> inner_optimizer,
                                       LossScaleOptions options)
    : Optimizer(keras_name, 0.0, {.name = options.name}),
      inner_(std::move(inner_optimizer)),
      options_(std::move(options)) {
  if (!(options_.initial_scale > 0)) {
    throw ValueError(concat("`initial_scale` must be positive. Received: initial_scale=",
                            options_.initial_scale));
  }
  if (options_.dynamic_growth_steps < 1) {
    throw ValueError(concat("`dynamic_growth_steps` must be an integer >= 1. Received: ",
                            "dynamic_growth_steps=", options_.dynamic_growth_steps));
  }
  inner_->clear_loss_scale_factor();
}

void LossScaleOptimizer::write_config(Json& config) const {
  config["name"] = name();
  config["inner_optimizer"] = serialize(*inner_);
  config["initial_scale"] = options_.initial_scale;
  config["dynamic_growth_steps"] = options_.dynamic_growth_steps;
}

std::shared_ptr<LossScaleOptimizer> LossScaleOptimizer::from_config(const Json& config) {
  if (!config.contains("inner_optimizer"))
    throw ValueError("LossScaleOptimizer: the argument `inner_optimizer` is missing.");
  check_base_options(config);
  LossScaleOptions options;
  if (config.contains("name") && config["name"].is_string())
    options.name = config["name"].get<std::string>();
  if (config.contains("initial_scale"))
    options.initial_scale = config["initial_scale"].get<double>();
  if (config.contains("dynamic_growth_steps"))
    options.dynamic_growth_steps = config["dynamic_growth_steps"].get<std::int64_t>();
  return std::make_shared<LossScaleOptimizer>(deserialize<Optimizer>(config["inner_optimizer"]),
                                              std::move(options));
}

double LossScaleOptimizer::loss_scale() const {
  return dynamic_scale_ ? double{dynamic_scale_->data()[0]} : options_.initial_scale;
}

void LossScaleOptimizer::build_slots(const std::vector<Parameter*>& parameters) {
  step_counter_ = &add_variable("step_counter", {}, 0, "int32");
  dynamic_scale_ = &add_variable("dynamic_scale", {}, static_cast<real>(options_.initial_scale));
  inner_->build(parameters);
}

void LossScaleOptimizer::apply(Gradients& gradients, const std::vector<Parameter*>& parameters) {
  build(parameters);
  real& counter = step_counter_->data()[0];
  real& scale = dynamic_scale_->data()[0];
  std::vector<Tensor*> given;
  for (const Parameter* parameter : parameters)
    if (Tensor* gradient = gradients.find(*parameter)) given.push_back(gradient);
  if (!std::ranges::all_of(given, [](const Tensor* gradient) { return is_finite(*gradient); })) {
    counter = 0;
    scale /= 2;
    return;
  }
  for (Tensor* gradient : given) {
    real* const values = gradient->data();
    for_each_element(gradient->size(), [=, by = scale](std::size_t k) { values[k] /= by; });
  }
  inner_->apply(gradients, parameters);
  if (counter == static_cast<real>(options_.dynamic_growth_steps - 1)) {
    counter = 0;
    scale *= 2;
  } else {
    counter += 1;
  }
}

std::vector<Optimizer::Variable> LossScaleOptimizer::variables() const {
  std::vector<Variable> all = Optimizer::variables();
  for (Variable& variable : inner_->variables()) all.push_back(std::move(variable));
  return all;
}

void LossScaleOptimizer::set_variables(const std::vector<Tensor>& values) {
  const std::size_t own = Optimizer::variables().size();
  if (values.size() < own) return Optimizer::set_variables(values);  // says what is missing
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(own);
  inner_->set_variables({middle, values.end()});
  Optimizer::set_variables({values.begin(), middle});
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
