#include "schedule_free.hpp"

#include <algorithm>
#include <cmath>

#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<ScheduleFreeAdamW, ScheduleFreeAdamWOptions>;

void ScheduleFreeAdamWOptions::describe(Fields& fields) {
  fields("beta_1", beta_1)("beta_2", beta_2)("epsilon", epsilon)("warmup_steps", warmup_steps);
}

void ScheduleFreeAdamW::build_slots(const std::vector<Parameter*>& parameters) {
  weights_ = parameters;
  for (const Parameter* parameter : parameters) {
    momentums_.push_back(&add_slot(*parameter, "momentum"));
    *momentums_.back() = parameter->value();
    velocities_.push_back(&add_slot(*parameter, "velocity"));
  }
}

void ScheduleFreeAdamW::update(std::size_t i, Tensor& weight, const Tensor& gradient,
                               const Step& step) {
  real* const y = weight.data();
  const real* const g = gradient.data();
  real* const z = momentums_[i]->data();
  real* const v = velocities_[i]->data();
  double rate = double{step.learning_rate};
  if (options_.warmup_steps > 0)
    rate *= std::min(step.count / static_cast<double>(options_.warmup_steps), 1.0);
  const auto learning_rate = static_cast<real>(rate);
  const auto beta = static_cast<real>(options_.beta_1);
  const auto rest_2 = static_cast<real>(1 - options_.beta_2);
  const auto correction = static_cast<real>(1 - std::pow(options_.beta_2, step.count));
  const auto epsilon = static_cast<real>(options_.epsilon);
  const auto share = static_cast<real>(1 / step.count);
  const real decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    const real decayed = y[k] - y[k] * decay;
    const real average = (decayed - (1 - beta) * z[k]) / beta;
    v[k] += (g[k] * g[k] - v[k]) * rest_2;
    z[k] -= learning_rate * g[k] / (std::sqrt(v[k] / correction) + epsilon);
    y[k] = (1 - beta) * z[k] + beta * ((1 - share) * average + share * z[k]);
  });
}

void ScheduleFreeAdamW::swap_to_train() {
  const auto beta = static_cast<real>(options_.beta_1);
  for (std::size_t i = 0; i < momentums_.size(); ++i) {
    real* const w = weights_[i]->mutable_value().data();
    const real* const z = momentums_[i]->data();
    for_each_element(momentums_[i]->size(),
                     [=](std::size_t k) { w[k] = (1 - beta) * z[k] + beta * w[k]; });
  }
}

void ScheduleFreeAdamW::swap_to_eval() {
  const auto beta = static_cast<real>(options_.beta_1);
  for (std::size_t i = 0; i < momentums_.size(); ++i) {
    real* const w = weights_[i]->mutable_value().data();
    const real* const z = momentums_[i]->data();
    for_each_element(momentums_[i]->size(),
                     [=](std::size_t k) { w[k] = (w[k] - (1 - beta) * z[k]) / beta; });
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
