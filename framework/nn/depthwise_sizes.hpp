#pragma once

#include <string_view>
#include <vector>

#include "../base/basic_tensor.hpp"
#include "../kernels/depthwise_conv2d.hpp"
#include "padding.hpp"

/// From the arguments of tf.nn's depthwise functions to the kernels' sizes, with TensorFlow's
/// checks in TensorFlow's order.
namespace keratin::nn::detail {

/// The arguments that all depthwise functions have, in the form of the native op.
struct DepthwiseArguments {
  const std::vector<Dim>& strides;
  const Padding& padding;
  std::string_view data_format;
  const std::vector<Dim>& dilations;
};

/// depthwise_conv2d's `dilations` in the native op's form. Throws ValueError if they or the input's
/// rank are not what tf.nn.with_space_to_batch accepts.
std::vector<Dim> native_dilations(const Shape& input, const std::vector<Dim>& dilations,
                                  std::string_view data_format);

/// The checks of the forward op.
kernels::DepthwiseConv2DSizes depthwise_sizes(const Shape& input, const Shape& filter,
                                              const DepthwiseArguments& arguments);

/// The checks of a gradient op called `label` in messages. `input` or `filter` may be an argument
/// rather than a tensor's shape.
kernels::DepthwiseConv2DSizes depthwise_gradient_sizes(const char* label, const Shape& input,
                                                       const Shape& filter, const Shape& output,
                                                       const DepthwiseArguments& arguments);

/// The output's shape in its data format.
Shape output_shape(const kernels::DepthwiseConv2DSizes& sizes);

}  // namespace keratin::nn::detail
