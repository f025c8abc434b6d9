#include "hinge.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

Tensor signs(Tensor y_true) {
  const bool binary =
      std::all_of(y_true.begin(), y_true.end(), [](real t) { return t == 0 || t == 1; });
  if (binary)
    for (real& t : y_true) t = 2 * t - 1;
  return y_true;
}

}  // namespace

Tensor Hinge::prepared(Tensor y_true) const { return signs(std::move(y_true)); }
Tensor SquaredHinge::prepared(Tensor y_true) const { return signs(std::move(y_true)); }

real Hinge::row(const real* t, const real* p, std::size_t length, real coefficient,
                real* gradient) const {
  const real share = coefficient / static_cast<real>(length);
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const real margin = std::max(1 - t[i] * p[i], real(0));
    sum += double{margin};
    if (gradient) gradient[i] = margin > 0 ? -share * t[i] : 0;
  }
  return static_cast<real>(sum / static_cast<double>(length));
}

real SquaredHinge::row(const real* t, const real* p, std::size_t length, real coefficient,
                       real* gradient) const {
  const real share = coefficient / static_cast<real>(length);
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const real margin = std::max(1 - t[i] * p[i], real(0));
    sum += double{margin} * double{margin};
    if (gradient) gradient[i] = -2 * share * margin * t[i];
  }
  return static_cast<real>(sum / static_cast<double>(length));
}

real CategoricalHinge::row(const real* t, const real* p, std::size_t length, real coefficient,
                           real* gradient) const {
  real positive = 0, negative = 0;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < length; ++i) {
    positive += t[i] * p[i];
    const real other = (1 - t[i]) * p[i];
    if (i == 0 || other > negative) {
      negative = other;
      worst = i;
    }
  }
  const real value = negative - positive + 1;
  for (std::size_t i = 0; gradient && i < length; ++i)
    gradient[i] = value > 0 ? -coefficient * t[i] : 0;
  if (gradient && value > 0) gradient[worst] += coefficient * (1 - t[worst]);
  return std::max(value, real(0));
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
