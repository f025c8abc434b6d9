#include <algorithm>
#include <type_traits>

#include "../base/float16.hpp"
#include "depthwise_conv2d.hpp"
#include "depthwise_gather.hpp"
#include "widened.hpp"

namespace keratin::kernels {

template <class T>
void depthwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const DepthwiseConv2DSizes& s) {
  const std::size_t channels = s.channels * s.multiplier;
  const std::size_t count = s.batch * s.in_height * s.in_width * s.channels;
  if (count == 0) return;
  if (channels == 0) {
    std::fill_n(input_gradient, count, T(0));
  } else if constexpr (std::is_floating_point_v<T>) {
    depthwise_gather(
        DepthwiseGather<T>{.source = output_gradient,
                           .filter = filter,
                           .bias = nullptr,
                           .result = input_gradient,
                           .rows = backprop_axis(s.in_height, s.out_height, s.kernel_height,
                                                 s.stride_height, s.dilation_height, s.pad_top),
                           .columns = backprop_axis(s.in_width, s.out_width, s.kernel_width,
                                                    s.stride_width, s.dilation_width, s.pad_left),
                           .batch = s.batch,
                           .filter_width = s.kernel_width,
                           .channels = channels,
                           .source_multiplier = 1,
                           .result_multiplier = s.multiplier,
                           .layout = s.layout,
                           .clamp = {}});
  } else {
    const Widened w(filter, s.kernel_height * s.kernel_width * channels);
    const Widened g(output_gradient, s.batch * s.out_height * s.out_width * channels);
    Widened result(count);
    depthwise_conv2d_backprop_input(w.data(), g.data(), result.data(), s);
    result.narrow_to(input_gradient);
  }
}

template void depthwise_conv2d_backprop_input(const float*, const float*, float*,
                                              const DepthwiseConv2DSizes&);
template void depthwise_conv2d_backprop_input(const double*, const double*, double*,
                                              const DepthwiseConv2DSizes&);
template void depthwise_conv2d_backprop_input(const half*, const half*, half*,
                                              const DepthwiseConv2DSizes&);
template void depthwise_conv2d_backprop_input(const bfloat16*, const bfloat16*, bfloat16*,
                                              const DepthwiseConv2DSizes&);

}  // namespace keratin::kernels
