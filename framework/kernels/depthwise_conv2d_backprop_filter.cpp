#include "../base/float16.hpp"
#include "depthwise_conv2d.hpp"
#include "reference/depthwise_conv2d.hpp"

namespace keratin::kernels {

template <class T>
void depthwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      T* bias_gradient, const DepthwiseConv2DSizes& sizes) {
  reference::depthwise_conv2d_backprop_filter(input, output_gradient, filter_gradient,
                                              bias_gradient, sizes);
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
