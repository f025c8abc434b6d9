#include "depthwise_conv2d.hpp"

#include "../kernels/depthwise_conv2d.hpp"
#include "depthwise_sizes.hpp"

namespace keratin::nn {

template <class T>
BasicTensor<T> depthwise_conv2d(const BasicTensor<T>& input, const BasicTensor<T>& filter,
                                const std::vector<Dim>& strides, const Padding& padding,
                                std::string_view data_format, const std::vector<Dim>& dilations) {
  return depthwise_conv2d_native(input, filter, strides, padding, data_format,
                                 detail::native_dilations(shape_of(input), dilations, data_format));
}

template <class T>
BasicTensor<T> depthwise_conv2d_native(const BasicTensor<T>& input, const BasicTensor<T>& filter,
                                       const std::vector<Dim>& strides, const Padding& padding,
                                       std::string_view data_format,
                                       const std::vector<Dim>& dilations) {
  const auto sizes = detail::depthwise_sizes(shape_of(input), shape_of(filter),
                                             {strides, padding, data_format, dilations});
  auto output = empty_tensor<T>(detail::output_shape(sizes));
  kernels::depthwise_conv2d<T>(input.data(), filter.data(), nullptr, output.data(), sizes);
  return output;
}

template <class T>
BasicTensor<T> depthwise_conv2d_native_backprop_input(
    const Shape& input_sizes, const BasicTensor<T>& filter, const BasicTensor<T>& out_backprop,
    const std::vector<Dim>& strides, const Padding& padding, std::string_view data_format,
    const std::vector<Dim>& dilations) {
  const auto sizes = detail::depthwise_gradient_sizes("DepthwiseConv2DBackpropInput", input_sizes,
                                                      shape_of(filter), shape_of(out_backprop),
                                                      {strides, padding, data_format, dilations});
  auto gradient = empty_tensor<T>(input_sizes);
  kernels::depthwise_conv2d_backprop_input<T>(filter.data(), out_backprop.data(), gradient.data(),
                                              sizes);
  return gradient;
}

template <class T>
BasicTensor<T> depthwise_conv2d_native_backprop_filter(
    const BasicTensor<T>& input, const Shape& filter_sizes, const BasicTensor<T>& out_backprop,
    const std::vector<Dim>& strides, const Padding& padding, std::string_view data_format,
    const std::vector<Dim>& dilations) {
  const auto sizes = detail::depthwise_gradient_sizes(
      "DepthwiseConv2DBackpropFilter", shape_of(input), filter_sizes, shape_of(out_backprop),
      {strides, padding, data_format, dilations});
  auto gradient = empty_tensor<T>(filter_sizes);
  kernels::depthwise_conv2d_backprop_filter<T>(input.data(), out_backprop.data(), gradient.data(),
                                               nullptr, sizes);
  return gradient;
}

#define KERATIN_INSTANTIATE(T)                                                                  \
  template BasicTensor<T> depthwise_conv2d(const BasicTensor<T>&, const BasicTensor<T>&,        \
                                           const std::vector<Dim>&, const Padding&,             \
                                           std::string_view, const std::vector<Dim>&);          \
  template BasicTensor<T> depthwise_conv2d_native(const BasicTensor<T>&, const BasicTensor<T>&, \
                                                  const std::vector<Dim>&, const Padding&,      \
                                                  std::string_view, const std::vector<Dim>&);   \
  template BasicTensor<T> depthwise_conv2d_native_backprop_input(                               \
      const Shape&, const BasicTensor<T>&, const BasicTensor<T>&, const std::vector<Dim>&,      \
      const Padding&, std::string_view, const std::vector<Dim>&);                               \
  template BasicTensor<T> depthwise_conv2d_native_backprop_filter(                              \
      const BasicTensor<T>&, const Shape&, const BasicTensor<T>&, const std::vector<Dim>&,      \
      const Padding&, std::string_view, const std::vector<Dim>&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
KERATIN_INSTANTIATE(half)
KERATIN_INSTANTIATE(bfloat16)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::nn
