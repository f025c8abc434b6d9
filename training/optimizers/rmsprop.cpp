#include "rmsprop.hpp"

#include <cmath>

#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<RMSprop, RMSpropOptions>;

void RMSpropOptions::describe(Fields& fields) {
  fields("rho", rho)("momentum", momentum)("epsilon", epsilon)("centered", centered);
}

void RMSprop::build_slots(const std::vector<Parameter*>& parameters) {
  const auto add = [&](Slots& slots, std::string_view name) {
    for (const Parameter* parameter : parameters) slots.push_back(&add_slot(*parameter, name));
  };
  add(velocities_, "velocity");
  if (options_.momentum > 0) add(momentums_, "momentum");
  if (options_.centered) add(averages_, "average_gradient");
}

void RMSprop::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  real* w = weight.data();
  const real* g = gradient.data();
  real* v = velocities_[i]->data();
  real* m = momentums_.empty() ? nullptr : momentums_[i]->data();
  real* a = averages_.empty() ? nullptr : averages_[i]->data();
  const auto rho = static_cast<real>(options_.rho), momentum = static_cast<real>(options_.momentum);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const real rate = step.learning_rate, decay = step.decay;
  for_each_element(weight.size(), [=](std::size_t k) {
    v[k] = rho * v[k] + (1 - rho) * g[k] * g[k];
    real variance = v[k];
    if (a) {
      a[k] = rho * a[k] + (1 - rho) * g[k];
      variance -= a[k] * a[k];
    }
    real change = rate * g[k] / std::sqrt(variance + epsilon);
    if (m) change = m[k] = momentum * m[k] + change;
    w[k] -= w[k] * decay + change;
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
