#include "depthwise_conv2d.hpp"

#include "../base/float16.hpp"
#include "reference/depthwise_conv2d.hpp"

namespace keratin::kernels {

template <class T>
void depthwise_conv2d(const T* input, const T* filter, const T* bias, T* output,
                      const DepthwiseConv2DSizes& sizes) {
  reference::depthwise_conv2d(input, filter, bias, output, sizes);
}

template <class T>
void depthwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const DepthwiseConv2DSizes& sizes) {
  reference::depthwise_conv2d_backprop_input(filter, output_gradient, input_gradient, sizes);
}

template <class T>
void depthwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      T* bias_gradient, const DepthwiseConv2DSizes& sizes) {
  reference::depthwise_conv2d_backprop_filter(input, output_gradient, filter_gradient,
                                              bias_gradient, sizes);
}

#define KERATIN_INSTANTIATE(T)                                                   \
  template void depthwise_conv2d<T>(const T*, const T*, const T*, T*,            \
                                    const DepthwiseConv2DSizes&);                \
  template void depthwise_conv2d_backprop_input<T>(const T*, const T*, T*,       \
                                                   const DepthwiseConv2DSizes&); \
  template void depthwise_conv2d_backprop_filter<T>(const T*, const T*, T*, T*,  \
                                                    const DepthwiseConv2DSizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
KERATIN_INSTANTIATE(half)
KERATIN_INSTANTIATE(bfloat16)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
