#pragma once

#include <algorithm>
#include <array>

#include "../reshaping/margins.hpp"
#include "conv_windows.hpp"
#include "depthwise_sizes.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The windows of a prepared convolution, channels last, over an input with zeros around it.
template <std::size_t Rank>
struct PreparedWindows {
  const Layer& layer;
  ConvWindows<Rank> windows;
  std::array<Dim, 2> kernel_channels;
  Dim filters;  ///< channels of the output
  Dim groups = 1;
  Margins<Rank> margins = 0;

  void add(const Margins<Rank>& more) {
    for (std::size_t i = 0; i < Rank; ++i) {
      margins[i].before += more[i].before;
      margins[i].after += more[i].after;
    }
  }

  SpatialShape<Rank> output(const Shape& input) const {
    return conv_output_shape(layer, windows,
                             with_margins(input, margins, 1, DataFormat::channels_last),
                             DataFormat::channels_last, kernel_channels, filters);
  }

  kernels::ConvSizes conv(const Shape& input) const {
    const SpatialShape<Rank> in(input, DataFormat::channels_last);
    const SpatialShape<Rank> padded(with_margins(input, margins, 1, DataFormat::channels_last),
                                    DataFormat::channels_last);
    kernels::ConvSizes sizes = conv_sizes(windows, padded, output(input), groups);
    sizes.in = three_axes(in.size);
    for (std::size_t i = 0; i < Rank; ++i)
      sizes.pad_before[3 - Rank + i] += static_cast<std::size_t>(margins[i].before);
    return sizes;
  }

  kernels::DepthwiseConv2DSizes depthwise(const Shape& input) const {
    const kernels::ConvSizes s = conv(input);
    auto sizes = depthwise_sizes(windows, SpatialShape<Rank>(input, DataFormat::channels_last),
                                 output(input), DataFormat::channels_last);
    sizes.pad_top = s.pad_before[1];
    sizes.pad_left = s.pad_before[2];
    return sizes;
  }

  bool is_pointwise() const {
    const auto all = [](const Extent<Rank>& values, Dim value) {
      return std::ranges::all_of(values, [value](Dim v) { return v == value; });
    };
    return groups == 1 && all(windows.kernel_size, 1) && all(windows.strides, 1) &&
           std::ranges::all_of(margin_sizes(), [](Dim size) { return size == 0; });
  }

 private:
  std::array<Dim, Rank> margin_sizes() const {
    std::array<Dim, Rank> sizes;
    for (std::size_t i = 0; i < Rank; ++i) sizes[i] = margins[i].before + margins[i].after;
    return sizes;
  }
};

/// Those of a layer that begins with a depthwise convolution with `kernel`.
template <std::size_t Rank, template <std::size_t> class Options>
PreparedWindows<Rank> prepared_windows(const Layer& layer, const Options<Rank>& options,
                                       const Tensor& kernel) {
  const auto channels = static_cast<Dim>(kernel.shape(Rank));
  return {.layer = layer,
          .windows = windows_of(options),
          .kernel_channels = {channels, options.depth_multiplier},
          .filters = channels * options.depth_multiplier};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
