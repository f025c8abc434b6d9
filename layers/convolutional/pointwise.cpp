#include "pointwise.hpp"

#include <algorithm>

#include "../../framework/kernels/pointwise_conv2d.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

kernels::PointwiseConv2DSizes sizes(const Shape& input, const Tensor& kernel, DataFormat format) {
  const std::size_t axes = kernel.dimension();
  std::size_t places = 1;
  for (std::size_t i = 1; i < input.size(); ++i) places *= static_cast<std::size_t>(input[i]);
  return {.batch = static_cast<std::size_t>(input[0]),
          .pixels = places / kernel.shape(axes - 2),
          .channels = kernel.shape(axes - 2),
          .filters = kernel.shape(axes - 1),
          .layout =
              format == DataFormat::channels_first ? kernels::Layout::nchw : kernels::Layout::nhwc};
}

}  // namespace

void pointwise(const Tensor& input, const Tensor& kernel, Tensor& output, DataFormat format,
               const kernels::Epilogue<real>& epilogue) {
  using kernels::Transpose;
  const auto s = sizes(shape_of(input), kernel, format);
  if (format == DataFormat::channels_last) {
    kernels::gemm<real>(Transpose::no, Transpose::no, s.batch * s.pixels, s.filters, s.channels,
                        input.data(), s.channels, kernel.data(), s.filters, 0, output.data(),
                        s.filters, epilogue);
    return;
  }
  // Filters are the rows here: their bias is what the product is added to.
  for (std::size_t b = 0; b < s.batch; ++b) {
    real* image = output.data() + b * s.filters * s.pixels;
    for (std::size_t f = 0; epilogue.bias && f < s.filters; ++f) {
      std::fill_n(image + f * s.pixels, s.pixels, epilogue.bias[f]);
    }
    kernels::gemm<real>(Transpose::yes, Transpose::no, s.filters, s.pixels, s.channels,
                        kernel.data(), s.filters, input.data() + b * s.channels * s.pixels,
                        s.pixels, epilogue.bias ? 1 : 0, image, s.pixels,
                        {.bias = nullptr, .low = epilogue.low, .high = epilogue.high});
  }
}

Tensor pointwise_input_gradient(const Tensor& gradient, const Tensor& kernel, const Shape& input,
                                DataFormat format) {
  Tensor input_gradient = empty(input);
  kernels::pointwise_conv2d_backprop_input(kernel.data(), gradient.data(), input_gradient.data(),
                                           sizes(input, kernel, format));
  return input_gradient;
}

Tensor pointwise_kernel_gradient(const Tensor& input, const Tensor& gradient, const Tensor& kernel,
                                 DataFormat format) {
  Tensor kernel_gradient = empty(shape_of(kernel));
  kernels::pointwise_conv2d_backprop_filter(input.data(), gradient.data(), kernel_gradient.data(),
                                            sizes(shape_of(input), kernel, format));
  return kernel_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
