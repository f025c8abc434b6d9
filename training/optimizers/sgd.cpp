#include "sgd.hpp"

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
  real* w = weight.data();
  const real* g = gradient.data();
  const real rate = step.learning_rate, decay = step.decay;
  if (momentums_.empty()) {
    for_each_element(weight.size(), [=](std::size_t k) { w[k] -= w[k] * decay + rate * g[k]; });
    return;
  }
  real* m = momentums_[i]->data();
  const auto momentum = static_cast<real>(options_.momentum);
  const bool nesterov = options_.nesterov;
  for_each_element(weight.size(), [=](std::size_t k) {
    const real pull = rate * g[k];
    m[k] = momentum * m[k] - pull;
    w[k] += (nesterov ? momentum * m[k] - pull : m[k]) - w[k] * decay;
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
