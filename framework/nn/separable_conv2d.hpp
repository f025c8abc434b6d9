#pragma once

#include <string_view>
#include <vector>

#include "../base/basic_tensor.hpp"
#include "../base/float16.hpp"
#include "padding.hpp"

namespace keratin::nn {

/// A depthwise convolution followed by a pointwise one that mixes the channels
/// (tf.nn.separable_conv2d):
///
///   output[b, y, x, f] = sum over r of depthwise[b, y, x, r] * pointwise_filter[0, 0, r, f]
///
/// `input`: (batch, height, width, channels) for "NHWC", (batch, channels, height, width) for
/// "NCHW". `depthwise_filter`: (height, width, channels, multiplier), `pointwise_filter`: (1, 1,
/// channels * multiplier, filters) in both. `strides`, `padding`, `data_format` and `dilations` are
/// those of the depthwise convolution (see depthwise_conv2d, which also has the element types).
/// Returns (batch, out_height, out_width, filters), or the same in "NCHW". Fewer filters than
/// channels * multiplier are fine.
template <class T>
BasicTensor<T> separable_conv2d(const BasicTensor<T>& input, const BasicTensor<T>& depthwise_filter,
                                const BasicTensor<T>& pointwise_filter,
                                const std::vector<Dim>& strides, const Padding& padding,
                                std::string_view data_format = "NHWC",
                                const std::vector<Dim>& dilations = {});

template <class T>
struct SeparableConv2DGradients {
  BasicTensor<T> input, depthwise_filter, pointwise_filter;
};

/// The gradients of separable_conv2d with respect to its tensors. `out_backprop` is the gradient
/// with respect to the output and has the output's shape; the other arguments are
/// separable_conv2d's own. The depthwise convolution is computed again.
template <class T>
SeparableConv2DGradients<T> separable_conv2d_backprop(
    const BasicTensor<T>& input, const BasicTensor<T>& depthwise_filter,
    const BasicTensor<T>& pointwise_filter, const BasicTensor<T>& out_backprop,
    const std::vector<Dim>& strides, const Padding& padding, std::string_view data_format = "NHWC",
    const std::vector<Dim>& dilations = {});

}  // namespace keratin::nn
