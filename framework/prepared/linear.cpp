#include "linear.hpp"

#include "elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

Linear::Linear(std::size_t channels, const Parameter* bias,
               const Spec<ActivationFunction>& activation)
    : bias_(channels, 0), ending_(activation) {
  if (bias) bias_.assign(bias->value().begin(), bias->value().end());
}

std::shared_ptr<Operation> Linear::followed_by(const std::shared_ptr<Operation>& next) {
  if (const auto* activate = dynamic_cast<const Activate*>(next.get()))
    return ending_.take(activate->function()) ? shared_from_this() : nullptr;
  const auto* rescale = dynamic_cast<const Rescale*>(next.get());
  if (!rescale || !ending_.is_idle() || adds_) return nullptr;
  scale(rescale->factors());
  for (std::size_t c = 0; c < bias_.size(); ++c)
    bias_[c] = bias_[c] * rescale->factors()[c] + rescale->shifts()[c];
  return shared_from_this();
}

bool Linear::add_input() {
  if (!can_add() || !ending_.is_idle() || adds_) return false;
  return adds_ = true;
}

kernels::Epilogue<real> Linear::epilogue() const {
  return {.bias = bias_.data(), .low = ending_.low(), .high = ending_.high()};
}

void scale_axis(const std::vector<real>& factors, std::size_t inner, Tensor& x) {
  real* value = x.data();
  while (value != x.data() + x.size()) {
    for (const real factor : factors) {
      for (std::size_t j = 0; j < inner; ++j) *value++ *= factor;
    }
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::prepared
