#include "depthwise_conv2d.hpp"

#include <type_traits>

#include "../base/float16.hpp"
#include "depthwise_gather.hpp"
#include "widened.hpp"

namespace keratin::kernels {

template <class T>
void depthwise_conv2d(const T* input, const T* filter, const T* bias, T* output,
                      const DepthwiseConv2DSizes& s, const Clamp& clamp) {
  const std::size_t channels = s.channels * s.multiplier;
  const std::size_t count = s.batch * s.out_height * s.out_width * channels;
  if (count == 0) return;
  if constexpr (std::is_floating_point_v<T>) {
    depthwise_gather(
        DepthwiseGather<T>{.source = input,
                           .filter = filter,
                           .bias = bias,
                           .result = output,
                           .rows = forward_axis(s.in_height, s.out_height, s.kernel_height,
                                                s.stride_height, s.dilation_height, s.pad_top),
                           .columns = forward_axis(s.in_width, s.out_width, s.kernel_width,
                                                   s.stride_width, s.dilation_width, s.pad_left),
                           .batch = s.batch,
                           .filter_width = s.kernel_width,
                           .channels = channels,
                           .source_multiplier = s.multiplier,
                           .result_multiplier = 1,
                           .layout = s.layout,
                           .clamp = clamp});
  } else {
    const Widened x(input, s.batch * s.in_height * s.in_width * s.channels);
    const Widened w(filter, s.kernel_height * s.kernel_width * channels), b(bias, channels);
    Widened y(count);
    depthwise_conv2d(x.data(), w.data(), b.data(), y.data(), s, clamp);
    y.narrow_to(output);
  }
}

template void depthwise_conv2d(const float*, const float*, const float*, float*,
                               const DepthwiseConv2DSizes&, const Clamp&);
template void depthwise_conv2d(const double*, const double*, const double*, double*,
                               const DepthwiseConv2DSizes&, const Clamp&);
template void depthwise_conv2d(const half*, const half*, const half*, half*,
                               const DepthwiseConv2DSizes&, const Clamp&);
template void depthwise_conv2d(const bfloat16*, const bfloat16*, const bfloat16*, bfloat16*,
                               const DepthwiseConv2DSizes&, const Clamp&);

}  // namespace keratin::kernels
