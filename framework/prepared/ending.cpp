#include "ending.hpp"

#include <algorithm>

#include "../activations/linear.hpp"
#include "../activations/rectifiers.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

std::optional<Bounds> bounds_of(const ActivationFunction& function) {
  if (dynamic_cast<const activations::Relu6*>(&function)) return Bounds{0, 6};
  const auto* relu = dynamic_cast<const activations::Relu*>(&function);
  if (!relu || relu->options().negative_slope != 0 || relu->options().threshold != 0) return {};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return Bounds{0, static_cast<real>(relu->options().max_value.value_or(infinity))};
}

bool Ending::take(const Spec<ActivationFunction>& activation) {
  if (!activation || dynamic_cast<const activations::Linear*>(&*activation)) return true;
  if (activation_) return false;
  activation_ = activation;
  bounds_ = bounds_of(*activation);
  return true;
}

void Ending::apply_function(real* x, const Shape& shape) const {
  if (has_function()) apply(x, shape);
}

void Ending::apply(real* x, const Shape& shape) const {
  if (!activation_) return;
  if (const auto* pointwise = dynamic_cast<const activations::Pointwise*>(&*activation_)) {
    std::size_t count = 1;
    for (const Dim size : shape) count *= static_cast<std::size_t>(size);
    return pointwise->transform(x, count);
  }
  Tensor tensor = empty(shape);
  std::copy_n(x, tensor.size(), tensor.data());
  tensor = activation_->forward(std::move(tensor));
  std::copy_n(tensor.data(), tensor.size(), x);
}

bool keeps_shape(const Spec<ActivationFunction>& activation, const Shape& shape) {
  return !activation || activation->compute_output_shape(shape) == shape;
}

}  // namespace keratin::inline KERATIN_VARIANT::prepared
