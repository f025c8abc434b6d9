#pragma once

#include <string_view>
#include <vector>

#include "../base/basic_tensor.hpp"
#include "../base/float16.hpp"
#include "padding.hpp"

/// The functions of tf.nn, on tensors, without any state. Element types are float, double, half and
/// bfloat16; the 16-bit ones accumulate in float.
///
/// Common arguments:
///   strides      how far the window moves, one number per dimension of the input in the order of
///                `data_format`; 1 for batch and channels.
///   padding      "SAME" (as many zeros as give ceil(in / stride) outputs, the odd one at the
///                bottom or right), "VALID" (none), or four explicit pairs (see Padding).
///   data_format  "NHWC": (batch, height, width, channels), or "NCHW".
///   dilations    how far the window's taps are apart.
/// What the functions refuse they refuse with ValueError (ShapeError where it is the tensors'
/// shapes that don't fit) and TensorFlow's words. They compute what the formula says also where
/// TensorFlow's own kernels give up: unequal strides, strides together with dilations, dilations of
/// the native op, and "NCHW" on a CPU.
namespace keratin::nn {

/// Depthwise convolution (tf.nn.depthwise_conv2d): channel c of the input is convolved with
/// `multiplier` filters of its own, giving the output's channels c * multiplier to
/// c * multiplier + multiplier - 1:
///
///   output[b, y, x, c * multiplier + m] = sum over (i, j) of filter[i, j, c, m] *
///     input[b, y * strides[1] + i * dilations[0] - top, x * strides[2] + j * dilations[1] - left,
///     c]
///
/// where the input is zero outside its bounds.
///
/// `input`: (batch, height, width, channels) for "NHWC", (batch, channels, height, width) for
/// "NCHW". `filter`: (height, width, channels, multiplier) in both. `dilations`: of height and
/// width; empty (None) stands for {1, 1}. Returns (batch, out_height, out_width, channels *
/// multiplier), or the same in "NCHW". An empty batch gives an empty output.
template <class T>
BasicTensor<T> depthwise_conv2d(const BasicTensor<T>& input, const BasicTensor<T>& filter,
                                const std::vector<Dim>& strides, const Padding& padding,
                                std::string_view data_format = "NHWC",
                                const std::vector<Dim>& dilations = {});

/// The operation beneath (tf.nn.depthwise_conv2d_native): the same, but for `dilations`, which has
/// one number per dimension of the input.
template <class T>
BasicTensor<T> depthwise_conv2d_native(const BasicTensor<T>& input, const BasicTensor<T>& filter,
                                       const std::vector<Dim>& strides, const Padding& padding,
                                       std::string_view data_format = "NHWC",
                                       const std::vector<Dim>& dilations = {1, 1, 1, 1});

/// The gradient of depthwise_conv2d_native with respect to its input, a tensor of shape
/// `input_sizes` (tf.nn.depthwise_conv2d_native_backprop_input). `out_backprop` is the gradient
/// with respect to the output and has the output's shape.
template <class T>
BasicTensor<T> depthwise_conv2d_native_backprop_input(
    const Shape& input_sizes, const BasicTensor<T>& filter, const BasicTensor<T>& out_backprop,
    const std::vector<Dim>& strides, const Padding& padding, std::string_view data_format = "NHWC",
    const std::vector<Dim>& dilations = {1, 1, 1, 1});

/// The gradient of depthwise_conv2d_native with respect to its filter, a tensor of shape
/// `filter_sizes` (tf.nn.depthwise_conv2d_native_backprop_filter).
template <class T>
BasicTensor<T> depthwise_conv2d_native_backprop_filter(
    const BasicTensor<T>& input, const Shape& filter_sizes, const BasicTensor<T>& out_backprop,
    const std::vector<Dim>& strides, const Padding& padding, std::string_view data_format = "NHWC",
    const std::vector<Dim>& dilations = {1, 1, 1, 1});

}  // namespace keratin::nn
