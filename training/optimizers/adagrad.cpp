#include "adagrad.hpp"

#include <algorithm>
#include <cmath>

#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<Adagrad, AdagradOptions>;
template class WithOptimizerOptions<Adadelta, AdadeltaOptions>;
template class WithOptimizerOptions<Ftrl, FtrlOptions>;
template class WithOptimizerOptions<Lion, LionOptions>;

void AdagradOptions::describe(Fields& fields) {
  fields("initial_accumulator_value", initial_accumulator_value)("epsilon", epsilon);
}

void Adagrad::build_slots(const std::vector<Parameter*>& parameters) {
  const auto initial = static_cast<real>(options_.initial_accumulator_value);
  for (const Parameter* parameter : parameters)
    accumulators_.push_back(&add_slot(*parameter, "accumulator", initial));
}

void Adagrad::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* a = accumulators_[i]->data();
  const auto epsilon = static_cast<real>(options_.epsilon);
  const real rate = step.learning_rate, decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    a[k] += g[k] * g[k];
    w[k] -= w[k] * decay + rate * g[k] / std::sqrt(a[k] + epsilon);
  });
}

void AdadeltaOptions::describe(Fields& fields) { fields("rho", rho)("epsilon", epsilon); }

void Adadelta::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    gradients_.push_back(&add_slot(*parameter, "accumulated_grad"));
    changes_.push_back(&add_slot(*parameter, "accumulated_delta_var"));
  }
}

void Adadelta::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* squares = gradients_[i]->data();
  real* changes = changes_[i]->data();
  const auto rho = static_cast<real>(options_.rho);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const real rate = step.learning_rate, decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    squares[k] = rho * squares[k] + (1 - rho) * g[k] * g[k];
    const real change = std::sqrt(changes[k] + epsilon) * g[k] / std::sqrt(squares[k] + epsilon);
    changes[k] = rho * changes[k] + (1 - rho) * change * change;
    w[k] -= w[k] * decay + rate * change;
  });
}

void FtrlOptions::describe(Fields& fields) {
  fields("learning_rate_power", learning_rate_power)("initial_accumulator_value",
                                                     initial_accumulator_value)(
      "l1_regularization_strength", l1_regularization_strength)("l2_regularization_strength",
                                                                l2_regularization_strength)(
      "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength)("beta", beta);
}

Ftrl::Ftrl(FtrlOptions options, OptimizerOptions base)
    : WithOptimizerOptions(std::move(options), std::move(base)) {
  if (options_.learning_rate_power > 0) {
    throw ValueError(concat("`learning_rate_power` needs to be negative or zero. Received:",
                            " learning_rate_power=", options_.learning_rate_power, "."));
  }
  const auto check = [](std::string_view name, double value) {
    if (value >= 0) return;
    throw ValueError(
        concat("`", name, "` needs to be positive or zero. Received: ", name, "=", value, "."));
  };
  check("initial_accumulator_value", options_.initial_accumulator_value);
  check("l1_regularization_strength", options_.l1_regularization_strength);
  check("l2_regularization_strength", options_.l2_regularization_strength);
  check("l2_shrinkage_regularization_strength", options_.l2_shrinkage_regularization_strength);
}

void Ftrl::build_slots(const std::vector<Parameter*>& parameters) {
  const auto initial = static_cast<real>(options_.initial_accumulator_value);
  for (const Parameter* parameter : parameters) {
    accumulators_.push_back(&add_slot(*parameter, "accumulator", initial));
    linears_.push_back(&add_slot(*parameter, "linear"));
  }
}

void Ftrl::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* accumulator = accumulators_[i]->data();
  real* linear = linears_[i]->data();
  const double power = -options_.learning_rate_power, l1 = options_.l1_regularization_strength;
  const double shrinkage = 2 * options_.l2_shrinkage_regularization_strength;
  const double rate = step.learning_rate, decay = step.decay;
  const double l2 = options_.l2_regularization_strength + options_.beta / (2 * rate);
  // In double: the change of the accumulator's power is a small difference of large numbers.
  for_each_element(weight.size(), [=](std::size_t k) {
    const double weight_now = double{w[k]} * (1 - decay), slope = g[k];
    const double grown = double{accumulator[k]} + slope * slope;
    const double now = std::pow(grown, power), before = std::pow(double{accumulator[k]}, power);
    const double sum =
        double{linear[k]} + slope + shrinkage * weight_now - (now - before) / rate * weight_now;
    w[k] = static_cast<real>((std::clamp(sum, -l1, l1) - sum) / (now / rate + 2 * l2));
    linear[k] = static_cast<real>(sum);
    accumulator[k] = static_cast<real>(grown);
  });
}

void LionOptions::describe(Fields& fields) { fields("beta_1", beta_1)("beta_2", beta_2); }

void Lion::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters)
    momentums_.push_back(&add_slot(*parameter, "momentum"));
}

void Lion::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* m = momentums_[i]->data();
  const auto beta_1 = static_cast<real>(options_.beta_1);
  const auto beta_2 = static_cast<real>(options_.beta_2);
  const real rate = step.learning_rate, decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    const real direction = m[k] * beta_1 + g[k] * (1 - beta_1);
    const real sign = static_cast<real>((direction > 0) - (direction < 0));
    w[k] -= w[k] * decay + rate * sign;
    m[k] = m[k] * beta_2 + g[k] * (1 - beta_2);
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
