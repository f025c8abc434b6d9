#include "piecewise.hpp"

#include <cmath>

#include "../fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

/// x within [low, high]; NaN stays NaN.
real clipped(real x, real low, real high) {
  const real above = x < low ? low : x;
  return above > high ? high : above;
}

}  // namespace

void HardSigmoid::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = clipped((x[i] + 3) / 6, 0, 1);
}

void HardSigmoid::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    dy[i] *= kept[i] > 0 && kept[i] < 1 ? real{1} / 6 : real{0};
}

void HardSigmoidKeras2::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    x[i] = clipped(static_cast<real>(0.2) * x[i] + static_cast<real>(0.5), 0, 1);
}

void HardSigmoidKeras2::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    dy[i] *= kept[i] > 0 && kept[i] < 1 ? static_cast<real>(0.2) : real{0};
}

void HardSilu::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] * clipped((x[i] + 3) / 6, 0, 1);
}

void HardSilu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    const real x = kept[i];
    const real slope = x >= -3 && x < 3 ? x / 6 : real{0};
    dy[i] *= clipped((x + 3) / 6, 0, 1) + slope;
  }
}

void HardTanh::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = clipped(x[i], -1, 1);
}

void HardTanh::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > -1 && kept[i] < 1 ? real{1} : real{0};
}

void SparsePlus::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    const real shifted = clipped(x[i] + 1, 0, 2);
    x[i] = x[i] < 1 ? shifted * shifted / 4 : x[i];
  }
}

void SparsePlus::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] < 1 ? std::sqrt(kept[i]) : real{1};
}

void SparseSigmoid::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = clipped((x[i] + 1) / 2, 0, 1);
}

void SparseSigmoid::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > 0 && kept[i] < 1 ? real{0.5} : real{0};
}

}  // namespace keratin::inline KERATIN_VARIANT::activations
