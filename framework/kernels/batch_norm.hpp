#pragma once

#include <cstddef>
#include <limits>

namespace keratin::kernels {

/// A normalization with a relu behind it, y = min(max(v, 0), high) with v = x(r, c) scale(c) +
/// shift(c): what its backward pass needs to know v again. NaN stays NaN.
template <class T>
struct RectifiedScale {
  const T* scale;
  const T* shift;
  T high = std::numeric_limits<T>::infinity();
};

// Rows and channels are those of elementwise.hpp. Below, g is dy where 0 < v < high (with no upper
// bound: 0 < v), else 0.

/// y may be x.
template <class T>
void rectified_scale_shift(std::size_t rows, std::size_t channels, const T* x,
                           const RectifiedScale<T>& rectified, T* y);

/// gradient_sums() of g.
template <class T>
void rectified_gradient_sums(std::size_t rows, std::size_t channels, const T* dy, const T* x,
                             const RectifiedScale<T>& rectified, const T* mean, const T* scale,
                             T* sum, T* dot);

/// dx(r, c) = g a(c) + x(r, c) b(c) + shift(c); dx may be dy. `b` and `shift` may both be null.
template <class T>
void rectified_scale_add_shift(std::size_t rows, std::size_t channels, const T* dy, const T* x,
                               const RectifiedScale<T>& rectified, const T* a, const T* b,
                               const T* shift, T* dx);

}  // namespace keratin::kernels
