#include "gate_activation.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {

Tensor GateActivation::columns(const real* x, std::size_t stride) const {
  Tensor values = empty({static_cast<Dim>(rows_), static_cast<Dim>(units_)});
  for (std::size_t r = 0; r < rows_; ++r)
    std::copy_n(x + r * stride, units_, values.data() + r * units_);
  return values;
}

void GateActivation::put(const Tensor& values, real* x, std::size_t stride) const {
  for (std::size_t r = 0; r < rows_; ++r)
    std::copy_n(values.data() + r * units_, units_, x + r * stride);
}

Tensor GateActivation::forward(const real* x, std::size_t stride) const {
  Tensor values = columns(x, stride);
  return activation_ ? activation_->forward(std::move(values)) : values;
}

Tensor GateActivation::backward(const real* x, std::size_t stride, const Tensor& y,
                                Tensor dy) const {
  if (!activation_) return dy;
  if (activation_->keeps() == ActivationFunction::Keeps::output)
    return activation_->backward(y, std::move(dy));
  return activation_->backward(columns(x, stride), std::move(dy));
}

bool is_activation(const Spec<ActivationFunction>& activation, std::string_view name) {
  return activation && activation->class_name() == name;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
