#include "conv_windows.hpp"

#include <algorithm>

#include "../../framework/activations/rectifiers.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void check_windows(const Layer& layer, const ConvWindows<Rank>& windows, bool causal_allowed) {
  check_extent(layer, "kernel_size", windows.kernel_size);
  check_extent(layer, "strides", windows.strides);
  check_extent(layer, "dilation_rate", windows.dilation_rate);
  check_padding(layer, windows.padding, causal_allowed);
}

void check_positive(const Layer& layer, std::string_view argument, Dim value) {
  if (value > 0) return;
  layer.refuse("Invalid value for argument `", argument,
               "`. Expected a strictly positive value. Received ", argument, "=", value, ".");
}

template <std::size_t Rank>
void check_strides_or_dilation(const Layer& layer, const ConvWindows<Rank>& windows) {
  const auto above_one = [](Dim value) { return value > 1; };
  if (std::ranges::none_of(windows.strides, above_one) ||
      std::ranges::none_of(windows.dilation_rate, above_one)) {
    return;
  }
  layer.refuse("`strides > 1` not supported in conjunction with `dilation_rate > 1`. ",
               "Received: strides=", windows.strides.values(),
               " and dilation_rate=", windows.dilation_rate.values());
}

template <std::size_t Rank>
SpatialShape<Rank> conv_output_shape(const Layer& layer, const ConvWindows<Rank>& windows,
                                     const Shape& input, DataFormat format,
                                     std::array<Dim, 2> kernel_channels, Dim filters) {
  const Shape kernel = kernel_shape(windows.kernel_size, kernel_channels);
  if (input.size() != Rank + 2) {
    throw ShapeError(concat(
        layer.label(), ": Kernel shape must have the same length as input, but received ",
        "kernel of shape ", tuple_text(kernel), " and input of shape ", tuple_text(input), "."));
  }
  SpatialShape<Rank> shape(input, format);
  if (shape.channels == 0) {
    throw ShapeError(concat(layer.label(), ": The channel dimension of the inputs should be at ",
                            "least 1. The input_shape received is ", tuple_text(input), "."));
  }
  shape.channels = filters;
  for (std::size_t i = 0; i < Rank; ++i) {
    if (shape.size[i] == unknown) continue;
    shape.size[i] = nn::conv_output_length(shape.size[i], windows.kernel_size[i],
                                           window_padding(windows.padding), windows.strides[i],
                                           windows.dilation_rate[i]);
    if (shape.size[i] > 0) continue;
    throw ShapeError(concat(
        layer.label(), ": Computed output size would be zero or negative. Received `inputs shape=",
        tuple_text(input), "`, `kernel shape=", tuple_text(kernel),
        "`, `dilation_rate=", windows.dilation_rate.values(),
        "`, `strides=", windows.strides.values(), "`, `padding=", windows.padding.name(), "`."));
  }
  return shape;
}

template <std::size_t Rank>
Shape kernel_shape(const Extent<Rank>& kernel_size, std::array<Dim, 2> channels) {
  Shape shape(kernel_size.begin(), kernel_size.end());
  shape.insert(shape.end(), channels.begin(), channels.end());
  return shape;
}

template <std::size_t Rank>
kernels::ConvSizes conv_sizes(const ConvWindows<Rank>& windows, const SpatialShape<Rank>& in,
                              const SpatialShape<Rank>& out, Dim groups) {
  std::array<Dim, Rank> pads;
  for (std::size_t i = 0; i < Rank; ++i) {
    pads[i] = nn::pad_before(in.size[i], windows.kernel_size[i], window_padding(windows.padding),
                             windows.strides[i], windows.dilation_rate[i]);
  }
  return {.batch = static_cast<std::size_t>(in.batch),
          .in = three_axes(in.size),
          .out = three_axes(out.size),
          .kernel = three_axes(windows.kernel_size.values()),
          .stride = three_axes(windows.strides.values()),
          .dilation = three_axes(windows.dilation_rate.values()),
          .pad_before = three_axes(pads, 0),
          .in_channels = static_cast<std::size_t>(in.channels),
          .out_channels = static_cast<std::size_t>(out.channels),
          .groups = static_cast<std::size_t>(groups)};
}

#define KERATIN_INSTANTIATE(Rank)                                                                 \
  template void check_windows(const Layer&, const ConvWindows<Rank>&, bool);                      \
  template void check_strides_or_dilation(const Layer&, const ConvWindows<Rank>&);                \
  template SpatialShape<Rank> conv_output_shape(                                                  \
      const Layer&, const ConvWindows<Rank>&, const Shape&, DataFormat, std::array<Dim, 2>, Dim); \
  template Shape kernel_shape(const Extent<Rank>&, std::array<Dim, 2>);                           \
  template kernels::ConvSizes conv_sizes(const ConvWindows<Rank>&, const SpatialShape<Rank>&,     \
                                         const SpatialShape<Rank>&, Dim);
KERATIN_INSTANTIATE(1)
KERATIN_INSTANTIATE(2)
KERATIN_INSTANTIATE(3)
#undef KERATIN_INSTANTIATE

FusedEnd::FusedEnd(const Parameter* bias, const Spec<ActivationFunction>& activation)
    : activation_(activation) {
  if (bias) epilogue_.bias = bias->value().data();
  // Their gradients follow from the output, so nothing of their input has to be kept.
  if (!activation || activation->keeps() != ActivationFunction::Keeps::output) return;
  const auto* relu = dynamic_cast<const activations::Relu*>(&*activation);
  const bool is_relu6 = dynamic_cast<const activations::Relu6*>(&*activation) != nullptr;
  fused_ = is_relu6 || (relu && relu->options().negative_slope == 0);
  if (!fused_) return;
  epilogue_.low = 0;
  // A relu whose derivative follows from the output has no other upper bound.
  if (is_relu6 || relu->options().max_value) epilogue_.high = 6;
}

Tensor FusedEnd::finish(Tensor output, Context& context) const {
  return fused_ ? std::move(output) : activate(activation_, std::move(output), context);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
