#include "smooth.hpp"

#include <cmath>
#include <numbers>

#include "../fields_impl.hpp"
#include "../kernels/elementwise.hpp"
#include "../kernels/scratch.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

real softplus(real x) { return (x < 0 ? real{0} : x) + std::log1p(std::exp(-std::abs(x))); }

/// The density of the normal distribution at 0.
constexpr auto normal_peak = static_cast<real>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);

real normal_cdf(real x) { return real{0.5} * std::erfc(-x / std::numbers::sqrt2_v<real>); }

constexpr auto gelu_scale = 2 * normal_peak;
constexpr auto gelu_cubic = static_cast<real>(0.044715);

real gelu_argument(real x) { return gelu_scale * x * (1 + gelu_cubic * x * x); }

/// tanh(log(1 + e)) = n / (n + 2) with n = e (e + 2) and e = exp(x), which is 1 from 20 on.
void tanh_softplus(const real* x, real* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = x[i] > 20 ? real{20} : x[i];
  kernels::exp(count, y, y);
  for (std::size_t i = 0; i < count; ++i) {
    const real n = y[i] * (y[i] + 2);
    y[i] = n / (n + 2);
  }
}

}  // namespace

void GeluOptions::describe(Fields& fields) { fields("approximate", approximate); }

void SquareplusOptions::describe(Fields& fields) { fields("b", b); }

void Exponential::apply(real* x, std::size_t count) const { kernels::exp(count, x, x); }

void Exponential::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i];
}

void Sigmoid::apply(real* x, std::size_t count) const { kernels::sigmoid(count, x, x); }

void Sigmoid::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] * (1 - kept[i]);
}

void Tanh::apply(real* x, std::size_t count) const { kernels::tanh(count, x, x); }

void Tanh::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= 1 - kept[i] * kept[i];
}

void Softplus::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = softplus(x[i]);
}

void Softplus::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= -std::expm1(-kept[i]);
}

void LogSigmoid::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = -softplus(-x[i]);
}

void LogSigmoid::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= -std::expm1(kept[i]);
}

void Softsign::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] / (1 + std::abs(x[i]));
}

void Softsign::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    const real rest = 1 - std::abs(kept[i]);
    dy[i] *= rest * rest;
  }
}

void Silu::apply(real* x, std::size_t count) const {
  real values[piece];
  kernels::sigmoid(count, x, values);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] * values[i];
}

void Silu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  real values[piece];
  kernels::sigmoid(count, kept, values);
  for (std::size_t i = 0; i < count; ++i) dy[i] *= values[i] * (1 + kept[i] * (1 - values[i]));
}

void Gelu::apply(real* x, std::size_t count) const {
  const kernels::Scratch<real> scratch(piece);
  real* const values = scratch.data();
  if (options_.approximate) {
    for (std::size_t i = 0; i < count; ++i) values[i] = gelu_argument(x[i]);
    kernels::tanh(count, values, values);
    for (std::size_t i = 0; i < count; ++i) x[i] *= real{0.5} * (1 + values[i]);
  } else {
    for (std::size_t i = 0; i < count; ++i) x[i] *= normal_cdf(x[i]);
  }
}

void Gelu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const kernels::Scratch<real> scratch(piece);
  real* const values = scratch.data();
  if (options_.approximate) {
    for (std::size_t i = 0; i < count; ++i) values[i] = gelu_argument(kept[i]);
    kernels::tanh(count, values, values);
    for (std::size_t i = 0; i < count; ++i) {
      const real x = kept[i], t = values[i];
      const real inner = gelu_scale * (1 + 3 * gelu_cubic * x * x);
      dy[i] *= real{0.5} * (1 + t + x * (1 - t * t) * inner);
    }
  } else {
    for (std::size_t i = 0; i < count; ++i) values[i] = real{-0.5} * kept[i] * kept[i];
    kernels::exp(count, values, values);
    for (std::size_t i = 0; i < count; ++i)
      dy[i] *= normal_cdf(kept[i]) + kept[i] * values[i] * normal_peak;
  }
}

void Mish::apply(real* x, std::size_t count) const {
  real values[piece];
  tanh_softplus(x, values, count);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] * values[i];
}

void Mish::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  real values[piece], sigmoids[piece];
  tanh_softplus(kept, values, count);
  kernels::sigmoid(count, kept, sigmoids);
  for (std::size_t i = 0; i < count; ++i)
    dy[i] *= values[i] + kept[i] * sigmoids[i] * (1 - values[i] * values[i]);
}

void TanhShrink::apply(real* x, std::size_t count) const {
  real values[piece];
  kernels::tanh(count, x, values);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] - values[i];
}

void TanhShrink::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  real values[piece];
  kernels::tanh(count, kept, values);
  for (std::size_t i = 0; i < count; ++i) dy[i] *= values[i] * values[i];
}

void Squareplus::apply(real* x, std::size_t count) const {
  const auto b = static_cast<real>(options_.b);
  for (std::size_t i = 0; i < count; ++i) {
    const real root = std::sqrt(x[i] * x[i] + b);
    // The same value without cancellation where x < 0.
    x[i] = x[i] < 0 ? b / (2 * (root - x[i])) : (x[i] + root) / 2;
  }
}

void Squareplus::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  // y = (x + root) / 2 with root = y + b / (4 y), and the derivative is y / root.
  const real quarter = static_cast<real>(options_.b) / 4;
  for (std::size_t i = 0; i < count; ++i) {
    const real square = kept[i] * kept[i];
    dy[i] *= square > 0 ? square / (square + quarter) : real{0};
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::activations
