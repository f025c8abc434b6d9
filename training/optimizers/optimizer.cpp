#include "optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <regex>

#include "../../framework/base/reduce.hpp"
#include "../../framework/naming.hpp"
#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace optimizers {
namespace {

double squared_norm(const Tensor& x) {
  return chunked_sum(x.size(), [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += double{x.data()[i]} * double{x.data()[i]};
    return sum;
  });
}

void check_positive(std::string_view argument, const std::optional<std::int64_t>& value,
                    std::int64_t least) {
  if (!value || *value >= least) return;
  throw ValueError(concat("`", argument, "` must be an integer >= ", least,
                          " or None. Received: ", argument, "=", *value));
}

}  // namespace

void to_json(Json& json, const LearningRate& learning_rate) {
  if (learning_rate.schedule_) {
    serialize(*learning_rate.schedule_, json);
  } else {
    json = learning_rate.value_;
  }
}

void from_json(const Json& json, LearningRate& learning_rate) {
  if (json.is_object()) {
    learning_rate =
        LearningRate(Spec<LearningRateSchedule>(deserialize<const LearningRateSchedule>(json)));
  } else {
    learning_rate = LearningRate(json.get<double>());
  }
}

void OptimizerOptions::describe(Fields& fields) {
  fields("weight_decay", weight_decay)("clipnorm", clipnorm)("global_clipnorm", global_clipnorm)(
      "clipvalue", clipvalue)("use_ema", use_ema)("ema_momentum", ema_momentum)(
      "ema_overwrite_frequency", ema_overwrite_frequency)("loss_scale_factor", loss_scale_factor)(
      "gradient_accumulation_steps", gradient_accumulation_steps);
}

Optimizer::Optimizer(std::string_view class_name, LearningRate learning_rate,
                     OptimizerOptions options)
    : base_(std::move(options)), learning_rate_(std::move(learning_rate)) {
  if (base_.name.empty()) base_.name = unique_name(class_name);
  if (!learning_rate_.schedule()) Optimizer::set_learning_rate(learning_rate_.at(0));
  if (base_.clipnorm.has_value() + base_.clipvalue.has_value() + base_.global_clipnorm.has_value() >
      1) {
    throw ValueError(concat("Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set.",
                            " Received by optimizer '", base_.name, "'"));
  }
  if (base_.use_ema && !(base_.ema_momentum >= 0 && base_.ema_momentum <= 1)) {
    throw ValueError(concat("`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=",
                            base_.ema_momentum));
  }
  check_positive("ema_overwrite_frequency", base_.ema_overwrite_frequency, 1);
  check_positive("gradient_accumulation_steps", base_.gradient_accumulation_steps, 2);
}

void Optimizer::set_learning_rate(double value) {
  if (learning_rate_.schedule()) {
    throw ValueError(concat("This optimizer was created with a `LearningRateSchedule` object as",
                            " its `learning_rate` constructor argument, hence its learning rate",
                            " is not settable. Optimizer: ", name()));
  }
  learning_rate_ = LearningRate(double{static_cast<real>(value)});
}

void Optimizer::exclude_from_weight_decay(std::vector<std::string> names) {
  if (built_) {
    throw ValueError(
        "`exclude_from_weight_decay()` can only be configured before the optimizer is"
        " built.");
  }
  without_decay_ = std::move(names);
}

bool Optimizer::decays(const Parameter& parameter) const {
  return std::none_of(without_decay_.begin(), without_decay_.end(), [&](const std::string& name) {
    return std::regex_search(parameter.name(), std::regex(name));
  });
}

Tensor& Optimizer::add_variable(std::string name, const Shape& shape, real initial,
                                std::string dtype) {
  state_.push_back(std::make_unique<Variable>(
      Variable{std::move(name), std::move(dtype), full(shape, initial)}));
  return state_.back()->value;
}

Tensor& Optimizer::add_slot(const Parameter& parameter, std::string_view name, real initial) {
  std::string full_name = parameter.path();
  std::replace(full_name.begin(), full_name.end(), '/', '_');
  return add_variable(concat(full_name, "_", name), shape_of(parameter.value()), initial);
}

void Optimizer::build(const std::vector<Parameter*>& parameters) {
  if (built_) return;
  parameters_ = parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    index_.emplace(parameters[i], i);
    if (base_.use_ema) averages_.push_back(&add_slot(*parameters[i], "average"));
    if (base_.gradient_accumulation_steps)
      accumulators_.push_back(&add_slot(*parameters[i], "gradient_accumulator"));
  }
  build_slots(parameters);
  built_ = true;
}

std::int64_t Optimizer::updates() const {
  return iterations_ / base_.gradient_accumulation_steps.value_or(1);
}

std::vector<Optimizer::Pending> Optimizer::pending(Gradients& gradients,
                                                   const std::vector<Parameter*>& parameters) {
  std::vector<Pending> result;
  for (Parameter* parameter : parameters) {
    const auto known = index_.find(parameter);
    if (known == index_.end()) {
      throw ValueError(concat("Unknown variable: ", parameter->path(), ". This optimizer can only",
                              " be called for the variables it was originally built with. When",
                              " working with a new set of variables, you should recreate a new",
                              " optimizer instance."));
    }
    if (Tensor* gradient = gradients.find(*parameter))
      result.push_back({known->second, parameter, gradient});
  }
  if (result.empty()) throw ValueError("No gradients provided for any variable.");
  return result;
}

bool Optimizer::accumulate(const std::vector<Pending>& pending) {
  if (!base_.gradient_accumulation_steps) return true;
  const std::int64_t steps = *base_.gradient_accumulation_steps;
  const bool is_update = (iterations_ + 1) % steps == 0;
  for (const Pending& item : pending) {
    real* sum = accumulators_[item.index]->data();
    real* gradient = item.gradient->data();
    const auto share = static_cast<real>(steps);
    for_each_element(item.gradient->size(), [=](std::size_t k) {
      if (is_update) {
        gradient[k] = (gradient[k] + sum[k]) / share;
      } else {
        sum[k] += gradient[k];
      }
    });
  }
  if (is_update)
    for (Tensor* sum : accumulators_) sum->fill(0);
  return is_update;
}

void Optimizer::clip(const std::vector<Pending>& pending) const {
  const auto scale = [](Tensor& gradient, double factor) {
    real* values = gradient.data();
    const auto by = static_cast<real>(factor);
    for_each_element(gradient.size(), [=](std::size_t k) { values[k] *= by; });
  };
  if (base_.clipnorm.value_or(0) > 0) {
    const double most = *base_.clipnorm;
    for (const Pending& item : pending)
      scale(*item.gradient, most / std::max(std::sqrt(squared_norm(*item.gradient)), most));
  } else if (base_.global_clipnorm.value_or(0) > 0) {
    const double most = *base_.global_clipnorm;
    double sum = 0;
    for (const Pending& item : pending) sum += squared_norm(*item.gradient);
    const double factor = most * std::min(1 / std::sqrt(sum), 1 / most);
    for (const Pending& item : pending) scale(*item.gradient, factor);
  } else if (base_.clipvalue.value_or(0) > 0) {
    const auto most = static_cast<real>(*base_.clipvalue);
    for (const Pending& item : pending) {
      real* values = item.gradient->data();
      for_each_element(item.gradient->size(),
                       [=](std::size_t k) { values[k] = std::clamp(values[k], -most, most); });
    }
  }
}

void Optimizer::apply(Gradients& gradients, const std::vector<Parameter*>& parameters) {
  if (parameters.empty()) return;
  build(parameters);
  const auto items = pending(gradients, parameters);
  if (base_.loss_scale_factor) {
    const auto factor = static_cast<real>(*base_.loss_scale_factor);
    for (const Pending& item : items) {
      real* values = item.gradient->data();
      for_each_element(item.gradient->size(), [=](std::size_t k) { values[k] /= factor; });
    }
  }
  if (accumulate(items)) {
    clip(items);
    Step step{static_cast<real>(learning_rate()), 0, static_cast<double>(updates() + 1)};
    begin_step(step);
    for (const Pending& item : items) {
      const auto decay = weight_decay(*item.parameter);
      step.decay = decay && decays(*item.parameter)
                       ? static_cast<real>(*decay * double{step.learning_rate})
                       : 0;
      update(item.index, item.parameter->mutable_value(), *item.gradient, step);
    }
  }
  update_averages();
  ++iterations_;
  for (const Pending& item : items)
    if (const auto& constraint = item.parameter->constraint())
      constraint->apply(item.parameter->mutable_value());
}

void Optimizer::update_averages() {
  if (!base_.use_ema) return;
  const auto momentum = static_cast<real>(updates() == 0 ? 0 : base_.ema_momentum);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    real* average = averages_[i]->data();
    const real* weight = parameters_[i]->value().data();
    for_each_element(averages_[i]->size(), [=](std::size_t k) {
      average[k] = momentum * average[k] + (1 - momentum) * weight[k];
    });
  }
  if (base_.ema_overwrite_frequency && (updates() + 1) % *base_.ema_overwrite_frequency == 0)
    finalize_variable_values();
}

void Optimizer::finalize_variable_values() {
  for (std::size_t i = 0; i < averages_.size(); ++i) parameters_[i]->assign(*averages_[i]);
}

std::vector<Optimizer::Variable> Optimizer::variables() const {
  std::vector<Variable> result = {{"iteration", "int32", full({}, static_cast<real>(iterations_))}};
  if (!learning_rate_.schedule()) {
    result.push_back(
        {"learning_rate", "float32", full({}, static_cast<real>(learning_rate_.at(iterations_)))});
  }
  for (const auto& variable : state_) result.push_back(*variable);
  return result;
}

void Optimizer::set_variables(const std::vector<Tensor>& values) {
  const std::vector<Variable> variables = Optimizer::variables();
  if (values.size() != variables.size()) {
    throw ValueError(concat("Optimizer '", name(), "' has ", variables.size(),
                            " variables. Received: ", values.size(), " values"));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].shape() == variables[i].value.shape()) continue;
    throw ShapeError(concat(
        "Optimizer variable ", variables[i].name, " has shape ", shape_of(variables[i].value),
        " not compatible with provided weight shape ", shape_of(values[i]), "."));
  }
  iterations_ = static_cast<std::int64_t>(values[0].data()[0]);
  const std::size_t scalars = learning_rate_.schedule() ? 1 : 2;
  if (scalars == 2) Optimizer::set_learning_rate(double{values[1].data()[0]});
  for (std::size_t i = scalars; i < values.size(); ++i) state_[i - scalars]->value = values[i];
}

}  // namespace optimizers

OptimizerSpec::OptimizerSpec(const std::string& name)
    : optimizer_(Registry<optimizers::Optimizer>::instance().make(name, Json::object())) {}

}  // namespace keratin::inline KERATIN_VARIANT
