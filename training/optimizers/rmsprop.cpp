#include "rmsprop.hpp"

#include "../../framework/kernels/optimizer_step.hpp"
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
  const kernels::RmspropStep<real> kernel_step{.rate = step.learning_rate,
                                               .decay = step.decay,
                                               .rho = static_cast<real>(options_.rho),
                                               .momentum = static_cast<real>(options_.momentum),
                                               .epsilon = static_cast<real>(options_.epsilon)};
  kernels::rmsprop_step(weight.size(), kernel_step, gradient.data(), weight.data(),
                        velocities_[i]->data(),
                        momentums_.empty() ? nullptr : momentums_[i]->data(),
                        averages_.empty() ? nullptr : averages_[i]->data());
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
