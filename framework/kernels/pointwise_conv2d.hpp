#pragma once

#include <cstddef>

#include "depthwise_conv2d.hpp"

namespace keratin::kernels {

/// The sizes of a 1 x 1 convolution: a matrix product over the channels at every pixel. `pixels` is
/// the height times the width of an image. The filter is (channels, filters) in any layout.
struct PointwiseConv2DSizes {
  std::size_t batch, pixels, channels, filters;
  Layout layout;
};

// T is float, double, half or bfloat16; the 16-bit types accumulate in float. All results overwrite
// what they are stored to.

template <class T>
void pointwise_conv2d(const T* input, const T* filter, T* output,
                      const PointwiseConv2DSizes& sizes);
template <class T>
void pointwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const PointwiseConv2DSizes& sizes);
template <class T>
void pointwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      const PointwiseConv2DSizes& sizes);

}  // namespace keratin::kernels
