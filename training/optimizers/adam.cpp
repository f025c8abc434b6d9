#include "adam.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/base/reduce.hpp"
#include "../../framework/kernels/optimizer_step.hpp"
#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<Adam, AdamOptions>;
template class WithOptimizerOptions<AdamW, AdamOptions>;
template class WithOptimizerOptions<Adamax, AdamaxOptions>;
template class WithOptimizerOptions<Nadam, AdamaxOptions>;
template class WithOptimizerOptions<Lamb, AdamaxOptions>;

void AdamOptions::describe(Fields& fields) {
  fields("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon)("amsgrad", amsgrad);
}

void AdamaxOptions::describe(Fields& fields) {
  fields("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon);
}

template <class Derived>
void AdamBase<Derived>::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    momentums_.push_back(&this->add_slot(*parameter, "momentum"));
    velocities_.push_back(&this->add_slot(*parameter, "velocity"));
  }
  if (!this->options_.amsgrad) return;
  for (const Parameter* parameter : parameters)
    largest_.push_back(&this->add_slot(*parameter, "velocity_hat"));
}

template <class Derived>
void AdamBase<Derived>::update(std::size_t i, Tensor& weight, const Tensor& gradient,
                               const Step& step) {
  const AdamOptions& options = this->options_;
  const auto alpha = static_cast<real>(double{step.learning_rate} *
                                       std::sqrt(1 - std::pow(options.beta_2, step.count)) /
                                       (1 - std::pow(options.beta_1, step.count)));
  const kernels::AdamStep<real> kernel_step{.alpha = alpha,
                                            .decay = step.decay,
                                            .rest_1 = static_cast<real>(1 - options.beta_1),
                                            .rest_2 = static_cast<real>(1 - options.beta_2),
                                            .epsilon = static_cast<real>(options.epsilon)};
  kernels::adam_step(weight.size(), kernel_step, gradient.data(), weight.data(),
                     momentums_[i]->data(), velocities_[i]->data(),
                     largest_.empty() ? nullptr : largest_[i]->data());
}

template class AdamBase<Adam>;
template class AdamBase<AdamW>;

AdamW::AdamW(AdamOptions options, OptimizerOptions base)
    : AdamBase(std::move(options), std::move(base)) {
  if (!base_.weight_decay) base_.weight_decay = default_weight_decay();
}

void Adamax::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    momentums_.push_back(&add_slot(*parameter, "momentum"));
    norms_.push_back(&add_slot(*parameter, "norm"));
  }
}

void Adamax::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* m = momentums_[i]->data();
  real* u = norms_[i]->data();
  const auto rest_1 = static_cast<real>(1 - options_.beta_1);
  const auto beta_2 = static_cast<real>(options_.beta_2);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const auto alpha =
      static_cast<real>(double{step.learning_rate} / (1 - std::pow(options_.beta_1, step.count)));
  const real decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    m[k] += (g[k] - m[k]) * rest_1;
    u[k] = std::max(beta_2 * u[k], std::abs(g[k]));
    w[k] -= w[k] * decay + alpha * m[k] / (u[k] + epsilon);
  });
}

void Nadam::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    momentums_.push_back(&add_slot(*parameter, "momentum"));
    velocities_.push_back(&add_slot(*parameter, "velocity"));
  }
  product_ = &add_variable("variable", {}, 1);
}

double Nadam::schedule(double count) const {
  return options_.beta_1 * (1 - 0.5 * std::pow(0.96, count));
}

void Nadam::begin_step(const Step& step) {
  product_->data()[0] = static_cast<real>(double{product_->data()[0]} * schedule(step.count));
}

void Nadam::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* m = momentums_[i]->data();
  real* v = velocities_[i]->data();
  const auto rest_1 = static_cast<real>(1 - options_.beta_1);
  const auto rest_2 = static_cast<real>(1 - options_.beta_2);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const double product = product_->data()[0], next = schedule(step.count + 1);
  const auto of_momentum = static_cast<real>(next / (1 - product * next));
  const auto of_gradient = static_cast<real>((1 - schedule(step.count)) / (1 - product));
  const auto of_velocity = static_cast<real>(1 / (1 - std::pow(options_.beta_2, step.count)));
  const real rate = step.learning_rate, decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    m[k] += (g[k] - m[k]) * rest_1;
    v[k] += (g[k] * g[k] - v[k]) * rest_2;
    const real direction = of_momentum * m[k] + of_gradient * g[k];
    w[k] -= w[k] * decay + rate * direction / (std::sqrt(of_velocity * v[k]) + epsilon);
  });
}

void Lamb::build_slots(const std::vector<Parameter*>& parameters) {
  for (const Parameter* parameter : parameters) {
    momentums_.push_back(&add_slot(*parameter, "momentum"));
    velocities_.push_back(&add_slot(*parameter, "velocity"));
  }
}

void Lamb::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* m = momentums_[i]->data();
  real* v = velocities_[i]->data();
  const auto rest_1 = static_cast<real>(1 - options_.beta_1);
  const auto rest_2 = static_cast<real>(1 - options_.beta_2);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const auto of_momentum = static_cast<real>(1 / (1 - std::pow(options_.beta_1, step.count)));
  const auto of_velocity = static_cast<real>(1 / (1 - std::pow(options_.beta_2, step.count)));
  const real decay = step.decay;
  const auto direction = [=](std::size_t k) {
    return of_momentum * m[k] / (std::sqrt(of_velocity * v[k]) + epsilon);
  };
  for_each_element(weight.size(), [=](std::size_t k) {
    w[k] -= w[k] * decay;
    m[k] += (g[k] - m[k]) * rest_1;
    v[k] += (g[k] * g[k] - v[k]) * rest_2;
  });
  const auto squares = [&](const auto& element) {
    return chunked_sum(weight.size(), [&](std::size_t begin, std::size_t end) {
      double sum = 0;
      for (std::size_t k = begin; k < end; ++k) sum += double{element(k)} * double{element(k)};
      return sum;
    });
  };
  const double weights = squares([=](std::size_t k) { return w[k]; });
  const double directions = squares(direction);
  const double ratio = weights > 0 && directions > 0 ? std::sqrt(weights / directions) : 1;
  const auto rate = static_cast<real>(ratio * double{step.learning_rate});
  for_each_element(weight.size(), [=](std::size_t k) { w[k] -= rate * direction(k); });
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
