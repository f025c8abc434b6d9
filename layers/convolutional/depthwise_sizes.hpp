#pragma once

#include "../../framework/kernels/depthwise_conv2d.hpp"
#include "conv_windows.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The output's shape of a depthwise convolution of `input`; see conv_output_shape.
template <std::size_t Rank>
SpatialShape<Rank> depthwise_output_shape(const Layer& layer, const ConvWindows<Rank>& windows,
                                          const Shape& input, DataFormat format, Dim multiplier) {
  const auto axis = static_cast<std::size_t>(channel_axis(format, Rank));
  const Dim channels = axis < input.size() ? input[axis] : unknown;
  return conv_output_shape(layer, windows, input, format, {channels, multiplier},
                           channels == unknown ? unknown : channels * multiplier);
}

/// What the depthwise kernels are told; a series is an image of height 1.
template <std::size_t Rank>
kernels::DepthwiseConv2DSizes depthwise_sizes(const ConvWindows<Rank>& windows,
                                              const SpatialShape<Rank>& in,
                                              const SpatialShape<Rank>& out, DataFormat format) {
  const kernels::ConvSizes s = conv_sizes(windows, in, out, 1);
  const bool first = format == DataFormat::channels_first;
  return {.batch = s.batch,
          .in_height = s.in[1],
          .in_width = s.in[2],
          .channels = s.in_channels,
          .multiplier = in.channels == 0 ? 1 : s.out_channels / s.in_channels,
          .out_height = s.out[1],
          .out_width = s.out[2],
          .kernel_height = s.kernel[1],
          .kernel_width = s.kernel[2],
          .stride_height = s.stride[1],
          .stride_width = s.stride[2],
          .dilation_height = s.dilation[1],
          .dilation_width = s.dilation[2],
          .pad_top = s.pad_before[1],
          .pad_left = s.pad_before[2],
          .layout = first ? kernels::Layout::nchw : kernels::Layout::nhwc};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
