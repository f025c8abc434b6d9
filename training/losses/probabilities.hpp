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

}  // namespace keratin::inline KERATIN_VARIANT::losses
