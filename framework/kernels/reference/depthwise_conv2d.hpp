#pragma once

#include "../depthwise_conv2d.hpp"

/// The kernels' formulas as plain loops on one thread, with sums in double: what tests compare the
/// fast kernels with. For float, double, half and bfloat16.
namespace keratin::kernels::reference {

template <class T>
void depthwise_conv2d(const T* input, const T* filter, const T* bias, T* output,
                      const DepthwiseConv2DSizes& sizes);

template <class T>
void depthwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const DepthwiseConv2DSizes& sizes);

template <class T>
void depthwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      T* bias_gradient, const DepthwiseConv2DSizes& sizes);

}  // namespace keratin::kernels::reference
