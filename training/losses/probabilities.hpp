#pragma once

#include <algorithm>
#include <cmath>

#include "../../framework/base/error.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

/// Keras's epsilon, which keeps probabilities away from 0 and 1.
inline constexpr real least = real(1e-7);

inline real clipped(real p) { return std::clamp(p, least, 1 - least); }
inline bool is_clipped(real p) { return p < least || p > 1 - least; }
inline real sigmoid(real x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

inline real sum_of(const real* values, std::size_t length) {
  real sum = 0;
  for (std::size_t i = 0; i < length; ++i) sum += values[i];
  return sum;
}

/// log(sum exp(x))
inline real log_sum_exp(const real* x, std::size_t length) {
  const real top = *std::max_element(x, x + length);
  real sum = 0;
  for (std::size_t i = 0; i < length; ++i) sum += std::exp(x[i] - top);
  return top + std::log(sum);
}

/// Turns the gradient of q = p / sum(p) into that of p, in place.
inline void normalized_gradient(const real* p, real sum, std::size_t length, real* gradient) {
  real along = 0;
  for (std::size_t i = 0; i < length; ++i) along += gradient[i] * (p[i] / sum);
  for (std::size_t i = 0; i < length; ++i) gradient[i] = (gradient[i] - along) / sum;
}

/// The class that a label names. Throws ValueError where it names none.
inline std::size_t class_of(real label, std::size_t classes, std::string_view owner) {
  if (label >= 0 && label < static_cast<real>(classes) && std::trunc(label) == label)
    return static_cast<std::size_t>(label);
  throw ValueError(concat("Loss '", owner, "': Received a label value of ", label,
                          " which is outside the valid range of [0, ", classes, ")."));
}

/// Throws ShapeError unless y_true has the shape of y_pred without its class axis, or with size 1
/// there.
inline void check_label_shapes(const Tensor& y_true, const Tensor& y_pred, Dim axis,
                               std::string_view owner) {
  Shape with_axis = shape_of(y_pred), without = with_axis;
  const Dim from_start = axis < 0 ? axis + static_cast<Dim>(with_axis.size()) : axis;
  if (from_start >= 0 && from_start < static_cast<Dim>(with_axis.size())) {
    with_axis[static_cast<std::size_t>(from_start)] = 1;
    without.erase(without.begin() + from_start);
    if (shape_of(y_true) == without || shape_of(y_true) == with_axis) return;
  }
  throw ShapeError(concat("Argument `output` must have rank (ndim) `target.ndim - 1`. Received:",
                          " target.shape=", shape_of(y_true), ", output.shape=", shape_of(y_pred),
                          " in loss '", owner, "'"));
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
