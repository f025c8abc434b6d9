#pragma once

#include <array>
#include <cstddef>

#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A number with its derivatives by the three colours of a pixel: what is computed with it has its
/// own (forward differentiation).
struct Dual {
  real value = 0;
  std::array<real, 3> slopes{};

  Dual() = default;
  Dual(real constant) : value(constant) {}
  /// The colour `k` itself.
  Dual(real colour, std::size_t k) : value(colour) { slopes[k] = 1; }

  friend Dual operator+(const Dual& a, const Dual& b) {
    return combined(a.value + b.value, a, 1, b, 1);
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    return combined(a.value - b.value, a, 1, b, -1);
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return combined(a.value * b.value, a, b.value, b, a.value);
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    return combined(a.value / b.value, a, 1 / b.value, b, -a.value / (b.value * b.value));
  }
  friend bool operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
  friend bool operator>(const Dual& a, const Dual& b) { return a.value > b.value; }

 private:
  static Dual combined(real value, const Dual& a, real by_a, const Dual& b, real by_b) {
    Dual result(value);
    for (std::size_t k = 0; k < 3; ++k) result.slopes[k] = by_a * a.slopes[k] + by_b * b.slopes[k];
    return result;
  }
};

inline real value_of(real number) { return number; }
inline real value_of(const Dual& number) { return number.value; }

}  // namespace keratin::inline KERATIN_VARIANT::layers
