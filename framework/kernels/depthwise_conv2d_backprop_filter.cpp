#include <algorithm>
#include <type_traits>

#include "../base/float16.hpp"
#include "depthwise_conv2d.hpp"
#include "depthwise_products.hpp"
#include "widened.hpp"

namespace keratin::kernels {

template <class T>
void depthwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      T* bias_gradient, const DepthwiseConv2DSizes& s) {
  const std::size_t channels = s.channels * s.multiplier;
  const std::size_t count = s.kernel_height * s.kernel_width * channels;
  const std::size_t pixels = s.batch * s.out_height * s.out_width;
  if (channels == 0) return;
  if (pixels == 0) {
    std::fill_n(filter_gradient, count, T(0));
    if (bias_gradient) std::fill_n(bias_gradient, channels, T(0));
  } else if constexpr (std::is_floating_point_v<T>) {
    depthwise_products(
        DepthwiseProducts<T>{.input = input,
                             .output_gradient = output_gradient,
                             .filter_gradient = filter_gradient,
                             .bias_gradient = bias_gradient,
                             .rows = forward_axis(s.in_height, s.out_height, s.kernel_height,
                                                  s.stride_height, s.dilation_height, s.pad_top),
                             .columns = forward_axis(s.in_width, s.out_width, s.kernel_width,
                                                     s.stride_width, s.dilation_width, s.pad_left),
                             .batch = s.batch,
                             .channels = s.channels,
                             .multiplier = s.multiplier,
                             .layout = s.layout});
  } else {
    const Widened x(input, s.batch * s.in_height * s.in_width * s.channels);
    const Widened g(output_gradient, pixels * channels);
    Widened w(count), b(channels);
    depthwise_conv2d_backprop_filter(x.data(), g.data(), w.data(), b.data(), s);
    w.narrow_to(filter_gradient);
    if (bias_gradient) b.narrow_to(bias_gradient);
  }
}

template void depthwise_conv2d_backprop_filter(const float*, const float*, float*, float*,
                                               const DepthwiseConv2DSizes&);
template void depthwise_conv2d_backprop_filter(const double*, const double*, double*, double*,
                                               const DepthwiseConv2DSizes&);
template void depthwise_conv2d_backprop_filter(const half*, const half*, half*, half*,
                                               const DepthwiseConv2DSizes&);
template void depthwise_conv2d_backprop_filter(const bfloat16*, const bfloat16*, bfloat16*,
                                               bfloat16*, const DepthwiseConv2DSizes&);

}  // namespace keratin::kernels
