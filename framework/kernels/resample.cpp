#include "resample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "../base/parallel.hpp"

namespace keratin::kernels {
namespace {

double lanczos(double x, double radius) {
  if (x >= radius) return 0;
  const double pi_x = std::numbers::pi * x;
  if (pi_x <= 1e-3) return 1;
  return radius * std::sin(pi_x) * std::sin(pi_x / radius) / (pi_x * pi_x);
}

double radius_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::bicubic:
      return 2;
    case Interpolation::lanczos3:
      return 3;
    case Interpolation::lanczos5:
      return 5;
    default:
      return 1;
  }
}

/// The weight of an input at distance x.
double kernel(Interpolation interpolation, double x) {
  switch (interpolation) {
    case Interpolation::bicubic:
      if (x >= 2) return 0;
      return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
    case Interpolation::lanczos3:
      return lanczos(x, 3);
    case Interpolation::lanczos5:
      return lanczos(x, 5);
    default:
      return std::max(0.0, 1 - x);
  }
}

}  // namespace

Resampling::Resampling(Interpolation interpolation, std::size_t in, std::size_t out, bool antialias)
    : in_(in), first_(out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  if (interpolation == Interpolation::nearest) {
    for (std::size_t i = 0; i < out; ++i)
      first_[i] =
          std::min(in - 1, static_cast<std::size_t>((static_cast<double>(i) + 0.5) * scale));
    weights_.assign(out, 1);
    return;
  }
  if (interpolation == Interpolation::area) {
    cover_areas();
    return;
  }
  const double stretch = antialias ? std::max(scale, 1.0) : 1.0;
  const double radius = radius_of(interpolation) * stretch;
  taps_ = std::min(in, static_cast<std::size_t>(std::ceil(2 * radius)) + 1);
  weights_.assign(out * taps_, 0);
  for (std::size_t i = 0; i < out; ++i) {
    const double place = (static_cast<double>(i) + 0.5) * scale - 0.5;
    const double last_start = static_cast<double>(in - taps_);
    first_[i] = static_cast<std::size_t>(std::clamp(std::ceil(place - radius), 0.0, last_start));
    double* weights = &weights_[i * taps_];
    double total = 0;
    for (std::size_t t = 0; t < taps_; ++t) {
      const double distance = std::abs(place - static_cast<double>(first_[i] + t));
      total += weights[t] = kernel(interpolation, distance / stretch);
    }
    for (std::size_t t = 0; t < taps_; ++t) weights[t] /= total;
  }
}

void Resampling::cover_areas() {
  const double scale = static_cast<double>(in_) / static_cast<double>(out());
  taps_ = std::min(in_, static_cast<std::size_t>(std::ceil(scale)) + 1);
  weights_.assign(out() * taps_, 0);
  for (std::size_t i = 0; i < out(); ++i) {
    const double begin = static_cast<double>(i) * scale, end = begin + scale;
    first_[i] = std::min(static_cast<std::size_t>(begin), in_ - taps_);
    for (std::size_t t = 0; t < taps_; ++t) {
      const auto place = static_cast<double>(first_[i] + t);
      const double covered = std::min(place + 1, end) - std::max(place, begin);
      weights_[i * taps_ + t] = std::max(covered, 0.0) / scale;
    }
  }
}

template <class T>
void resample(const Resampling& r, std::size_t outer, std::size_t inner, const T* x, T* y) {
  parallel_for(outer * r.out(), 1 + 8192 / (1 + inner), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::size_t i = row % r.out();
      const T* from = x + (row / r.out() * r.in() + r.first(i)) * inner;
      T* to = y + row * inner;
      if (r.taps() == 1) {
        std::copy_n(from, inner, to);
        continue;
      }
      std::fill_n(to, inner, T{0});
      for (std::size_t t = 0; t < r.taps(); ++t, from += inner) {
        const T weight = static_cast<T>(r.weight(i, t));
        for (std::size_t c = 0; c < inner; ++c) to[c] += weight * from[c];
      }
    }
  });
}

template <class T>
void resample_backward(const Resampling& r, std::size_t outer, std::size_t inner, const T* dy,
                       T* dx) {
  const std::size_t size = r.out() * inner;
  parallel_for(outer, 1 + 8192 / (1 + size), [&](std::size_t begin, std::size_t end) {
    for (std::size_t o = begin; o < end; ++o) {
      T* to = dx + o * r.in() * inner;
      std::fill_n(to, r.in() * inner, T{0});
      for (std::size_t i = 0; i < r.out(); ++i) {
        const T* from = dy + o * size + i * inner;
        for (std::size_t t = 0; t < r.taps(); ++t) {
          const T weight = static_cast<T>(r.weight(i, t));
          T* row = to + (r.first(i) + t) * inner;
          for (std::size_t c = 0; c < inner; ++c) row[c] += weight * from[c];
        }
      }
    }
  });
}

#define KERATIN_INSTANTIATE(T)                                                       \
  template void resample(const Resampling&, std::size_t, std::size_t, const T*, T*); \
  template void resample_backward(const Resampling&, std::size_t, std::size_t, const T*, T*);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
