#include "separable_conv2d.hpp"

#include <type_traits>

#include "../base/error.hpp"
#include "../kernels/pointwise_conv2d.hpp"
#include "../kernels/separable_conv2d.hpp"
#include "depthwise_conv2d.hpp"
#include "depthwise_sizes.hpp"

namespace keratin::nn {

namespace {

using kernels::DepthwiseConv2DSizes;
using kernels::PointwiseConv2DSizes;

void check_pointwise_form(const Shape& filter) {
  if (filter.size() != 4) throw ShapeError(concat("Shape ", filter, " must have rank 4"));
  for (std::size_t i : {0, 1}) {
    if (filter[i] != 1) {
      throw ShapeError(concat("Dimensions ", filter[i], " and 1 are not compatible"));
    }
  }
}

struct Sizes {
  DepthwiseConv2DSizes depthwise;
  PointwiseConv2DSizes pointwise;
};

Sizes sizes_of(const Shape& input, const Shape& depthwise_filter, const Shape& pointwise_filter,
               const std::vector<Dim>& strides, const Padding& padding,
               std::string_view data_format, const std::vector<Dim>& dilations) {
  check_pointwise_form(pointwise_filter);
  const auto native = detail::native_dilations(input, dilations, data_format);
  const DepthwiseConv2DSizes depthwise =
      detail::depthwise_sizes(input, depthwise_filter, {strides, padding, data_format, native});
  const std::size_t channels = depthwise.channels * depthwise.multiplier;
  if (channels != static_cast<std::size_t>(pointwise_filter[2])) {
    throw ShapeError(
        concat("`pointwise_filter` must have as many input channels as the depthwise "
               "convolution has outputs: ",
               pointwise_filter[2], " vs ", channels));
  }
  return {depthwise,
          {.batch = depthwise.batch,
           .pixels = depthwise.out_height * depthwise.out_width,
           .channels = channels,
           .filters = static_cast<std::size_t>(pointwise_filter[3]),
           .layout = depthwise.layout}};
}

/// The shape of the result, in its data format.
Shape result_shape(const Sizes& sizes) {
  Shape shape = detail::output_shape(sizes.depthwise);
  shape[sizes.depthwise.layout == kernels::Layout::nhwc ? 3 : 1] =
      static_cast<Dim>(sizes.pointwise.filters);
  return shape;
}

template <class T>
BasicTensor<T> depthwise_output(const BasicTensor<T>& input, const BasicTensor<T>& filter,
                                const DepthwiseConv2DSizes& sizes) {
  auto output = empty_tensor<T>(detail::output_shape(sizes));
  kernels::depthwise_conv2d<T>(input.data(), filter.data(), nullptr, output.data(), sizes);
  return output;
}

}  // namespace

template <class T>
BasicTensor<T> separable_conv2d(const BasicTensor<T>& input, const BasicTensor<T>& depthwise_filter,
                                const BasicTensor<T>& pointwise_filter,
                                const std::vector<Dim>& strides, const Padding& padding,
                                std::string_view data_format, const std::vector<Dim>& dilations) {
  const Sizes sizes =
      sizes_of(shape_of(input), shape_of(depthwise_filter), shape_of(pointwise_filter), strides,
               padding, data_format, dilations);
  auto output = empty_tensor<T>(result_shape(sizes));
  if constexpr (std::is_floating_point_v<T>) {
    if (sizes.depthwise.layout == kernels::Layout::nhwc) {
      const std::size_t filters = sizes.pointwise.filters;
      const kernels::PackedMatrix<T> packed(kernels::Transpose::no, sizes.pointwise.channels,
                                            filters, pointwise_filter.data(), filters);
      kernels::separable_conv2d<T>(input.data(), depthwise_filter.data(), nullptr, packed,
                                   output.data(), sizes.depthwise);
      return output;
    }
  }
  const auto depthwise = depthwise_output(input, depthwise_filter, sizes.depthwise);
  kernels::pointwise_conv2d<T>(depthwise.data(), pointwise_filter.data(), output.data(),
                               sizes.pointwise);
  return output;
}

template <class T>
SeparableConv2DGradients<T> separable_conv2d_backprop(
    const BasicTensor<T>& input, const BasicTensor<T>& depthwise_filter,
    const BasicTensor<T>& pointwise_filter, const BasicTensor<T>& out_backprop,
    const std::vector<Dim>& strides, const Padding& padding, std::string_view data_format,
    const std::vector<Dim>& dilations) {
  const Sizes sizes =
      sizes_of(shape_of(input), shape_of(depthwise_filter), shape_of(pointwise_filter), strides,
               padding, data_format, dilations);
  if (shape_of(out_backprop) != result_shape(sizes)) {
    throw ShapeError(concat("`out_backprop` must have the shape of separable_conv2d's output, ",
                            result_shape(sizes),
                            ". Received: out_backprop.shape=", shape_of(out_backprop)));
  }
  SeparableConv2DGradients<T> gradients{empty_tensor<T>(shape_of(input)),
                                        empty_tensor<T>(shape_of(depthwise_filter)),
                                        empty_tensor<T>(shape_of(pointwise_filter))};
  // First the depthwise convolution's output, then, in its place, the gradient with respect to it.
  auto between = depthwise_output(input, depthwise_filter, sizes.depthwise);
  kernels::pointwise_conv2d_backprop_filter<T>(between.data(), out_backprop.data(),
                                               gradients.pointwise_filter.data(), sizes.pointwise);
  kernels::pointwise_conv2d_backprop_input<T>(pointwise_filter.data(), out_backprop.data(),
                                              between.data(), sizes.pointwise);
  kernels::depthwise_conv2d_backprop_filter<T>(
      input.data(), between.data(), gradients.depthwise_filter.data(), nullptr, sizes.depthwise);
  kernels::depthwise_conv2d_backprop_input<T>(depthwise_filter.data(), between.data(),
                                              gradients.input.data(), sizes.depthwise);
  return gradients;
}

#define KERATIN_INSTANTIATE(T)                                                                    \
  template BasicTensor<T> separable_conv2d(                                                       \
      const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&,                        \
      const std::vector<Dim>&, const Padding&, std::string_view, const std::vector<Dim>&);        \
  template SeparableConv2DGradients<T> separable_conv2d_backprop(                                 \
      const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&, \
      const std::vector<Dim>&, const Padding&, std::string_view, const std::vector<Dim>&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
KERATIN_INSTANTIATE(half)
KERATIN_INSTANTIATE(bfloat16)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::nn
