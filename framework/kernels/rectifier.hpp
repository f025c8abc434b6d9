#pragma once

#include <cstddef>
#include <limits>

namespace keratin::kernels {

// On the calling thread alone.

/// y = `high` where x > high, x where threshold < x <= high, slope (x - threshold) below (0 for a
/// slope of 0, whatever x is). NaN stays NaN.
template <class T>
struct Rectifier {
  T slope = 0;
  T threshold = 0;
  T high = std::numeric_limits<T>::infinity();
};

/// y may be x.
template <class T>
void rectify(std::size_t count, const Rectifier<T>& rectifier, const T* x, T* y);

/// The derivative: 1 where threshold < kept <= last, 0 above; `slope` where kept < threshold, and
/// `at_threshold` there and for NaN.
template <class T>
struct RectifierSlopes {
  T threshold = 0;
  T last = std::numeric_limits<T>::infinity();
  T slope = 0;
  T at_threshold = 0;
};

/// dy(i) *= the derivative at kept(i).
template <class T>
void rectifier_gradient(std::size_t count, const RectifierSlopes<T>& slopes, const T* kept, T* dy);

}  // namespace keratin::kernels
