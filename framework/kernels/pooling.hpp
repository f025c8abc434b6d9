#pragma once

#include <array>
#include <cstddef>

namespace keratin::kernels {

/// Sizes of pooling over (batch, in..., channels), channels last. Fewer than three axes: the
/// leading ones are 1.
struct PoolSizes {
  std::size_t batch = 1;
  std::array<std::size_t, 3> in{1, 1, 1};
  std::array<std::size_t, 3> out{1, 1, 1};
  std::array<std::size_t, 3> pool{1, 1, 1};
  std::array<std::size_t, 3> stride{1, 1, 1};
  std::array<std::size_t, 3> pad_before{0, 0, 0};
  std::size_t channels = 1;
};

/// The largest element of each window; padding never counts.
template <class T>
void max_pool_forward(const T* input, T* output, const PoolSizes& sizes);

/// Gives each output's gradient to the first largest element of its window, in row-major order (as
/// TensorFlow does); `input_gradient` is overwritten.
template <class T>
void max_pool_backward(const T* input, const T* output_gradient, T* input_gradient,
                       const PoolSizes& sizes);

/// The mean of each window's elements, padding not counted.
template <class T>
void average_pool_forward(const T* input, T* output, const PoolSizes& sizes);

/// `input_gradient` is overwritten.
template <class T>
void average_pool_backward(const T* output_gradient, T* input_gradient, const PoolSizes& sizes);

}  // namespace keratin::kernels
