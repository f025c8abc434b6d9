#pragma once

#include <cstddef>
#include <string_view>

#include "../../framework/activation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// An activation of some columns of a matrix, `units` wide, whose rows are `stride` apart.
class GateActivation {
 public:
  GateActivation(const Spec<ActivationFunction>& activation, std::size_t rows, std::size_t units)
      : activation_(activation), rows_(rows), units_(units) {}

  /// y (rows, units) of the columns at `x`.
  Tensor forward(const real* x, std::size_t stride) const;
  /// Given y and its gradient, the gradient of the columns at `x`.
  Tensor backward(const real* x, std::size_t stride, const Tensor& y, Tensor dy) const;

  /// The columns at `x` as a matrix of their own, and back.
  Tensor columns(const real* x, std::size_t stride) const;
  void put(const Tensor& values, real* x, std::size_t stride) const;

 private:
  const Spec<ActivationFunction>& activation_;
  std::size_t rows_, units_;
};

/// Whether `activation` is the built-in of this name.
bool is_activation(const Spec<ActivationFunction>& activation, std::string_view name);

}  // namespace keratin::inline KERATIN_VARIANT::layers
