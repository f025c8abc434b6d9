#include "sgd.hpp"

#include "../../framework/kernels/optimizer_step.hpp"
#include "optimizer_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template class WithOptimizerOptions<SGD, SGDOptions>;

void SGDOptions::describe(Fields& fields) { fields("momentum", momentum)("nesterov", nesterov); }

SGD::SGD(SGDOptions options, OptimizerOptions base)
    : WithOptimizerOptions(std::move(options), std::move(base)) {
  if (!(options_.momentum >= 0 && options_.momentum <= 1)) {
    throw ValueError(concat("`momentum` must be a float between [0, 1]. Received: momentum=",
                            options_.momentum));
  }
}

void SGD::build_slots(const std::vector<Parameter*>& parameters) {
  if (options_.momentum == 0) return;
  for (const Parameter* parameter : parameters)
    momentums_.push_back(&add_slot(*parameter, "momentum"));
}

void SGD::update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) {
  const kernels::SgdStep<real> kernel_step{.rate = step.learning_rate,
                                           .decay = step.decay,
                                           .momentum = static_cast<real>(options_.momentum),
                                           .nesterov = options_.nesterov};
  kernels::sgd_step(weight.size(), kernel_step, gradient.data(), weight.data(),
                    momentums_.empty() ? nullptr : momentums_[i]->data());
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
