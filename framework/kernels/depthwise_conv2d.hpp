#pragma once

#include <cstddef>
#include <limits>

namespace keratin::kernels {

enum class Layout { nhwc, nchw };

/// The sizes of a depthwise convolution. The input has batch x in_height x in_width x channels
/// elements in the order of `layout`, the output batch x out_height x out_width x (channels x
/// multiplier); the filter is (kernel_height, kernel_width, channels, multiplier) in any layout.
/// Padding at the bottom and on the right follows from the output's size. Strides and dilations
/// are at least 1; all else may be 0.
struct DepthwiseConv2DSizes {
  std::size_t batch, in_height, in_width, channels, multiplier;
  std::size_t out_height, out_width;
  std::size_t kernel_height, kernel_width;
  std::size_t stride_height, stride_width;
  std::size_t dilation_height, dilation_width;
  std::size_t pad_top, pad_left;
  Layout layout;
};

/// Bounds on results, for an activation in the same pass: {0} is relu, {0, 6} relu6. A NaN passes.
struct Clamp {
  float lower = -std::numeric_limits<float>::infinity();
  float upper = std::numeric_limits<float>::infinity();
};

// T is float, double, half or bfloat16; the 16-bit types accumulate in float. Results are the same
// bits at any number of threads.

/// output[b, y, x, c * multiplier + m] = bias[c * multiplier + m] + sum over (i, j) of
///   input[b, y * stride + i * dilation - pad, x * stride + j * dilation - pad, c] *
///   filter[i, j, c, m],
/// where the input is zero outside its bounds, and then clamped. `bias` may be null.
template <class T>
void depthwise_conv2d(const T* input, const T* filter, const T* bias, T* output,
                      const DepthwiseConv2DSizes& sizes, const Clamp& clamp = {});

/// The gradient with respect to the input; overwrites `input_gradient`.
template <class T>
void depthwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const DepthwiseConv2DSizes& sizes);

/// The gradients with respect to filter and bias; overwrites both. `bias_gradient` may be null.
template <class T>
void depthwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      T* bias_gradient, const DepthwiseConv2DSizes& sizes);

}  // namespace keratin::kernels
