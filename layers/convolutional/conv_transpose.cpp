#include "conv_transpose.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"
#include "conv_windows.hpp"
#include "prepared_conv_transpose.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void ConvTransposeOptions<Rank>::describe(Fields& fields) {
  fields("filters", filters)("kernel_size", kernel_size)("strides", strides)("padding", padding)(
      "output_padding", output_padding)("data_format", data_format)("dilation_rate", dilation_rate)(
      "activation", activation)("use_bias", use_bias)("kernel_initializer", kernel_initializer)(
      "bias_initializer", bias_initializer)("kernel_regularizer", kernel_regularizer)(
      "bias_regularizer", bias_regularizer)
      .activity_regularizer()("kernel_constraint", kernel_constraint)("bias_constraint",
                                                                      bias_constraint);
  // Keras 2 wrote it though the layer has no such argument.
  if (fields.reading()) fields.constant("groups", 1);
}

template <std::size_t Rank>
ConvTransposeLayer<Rank>::ConvTransposeLayer(ConvTransposeOptions<Rank> options,
                                             LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_windows(*this, windows_of(options_), false);
  check_positive(*this, "filters", options_.filters);
  check_strides_or_dilation(*this, windows_of(options_));
  if (options_.output_padding) {
    check_extent(*this, "output_padding", *options_.output_padding, 0);
  }
}

template <std::size_t Rank>
void ConvTransposeLayer<Rank>::build_weights(const Shape& input) {
  const int axis = channel_axis(options_.data_format, Rank);
  this->set_input_spec({.ndim = Rank + 2});
  output_shape(input);  // refuses what does not fit
  const Dim channels = SpatialShape<Rank>(input, options_.data_format).channels;
  kernel_ =
      &this->add_weight({.name = "kernel",
                         .shape = kernel_shape(options_.kernel_size, {options_.filters, channels}),
                         .initializer = options_.kernel_initializer,
                         .regularizer = options_.kernel_regularizer,
                         .constraint = options_.kernel_constraint});
  if (options_.use_bias) {
    bias_ = &this->add_weight({.name = "bias",
                               .shape = {options_.filters},
                               .initializer = options_.bias_initializer,
                               .regularizer = options_.bias_regularizer,
                               .constraint = options_.bias_constraint});
  }
  this->set_input_spec({.ndim = Rank + 2, .axes = {{axis, channels}}});
}

template <std::size_t Rank>
Dim ConvTransposeLayer<Rank>::output_padding(std::size_t axis) const {
  if (options_.output_padding) return (*options_.output_padding)[axis];
  const Dim span = nn::dilated_length(options_.kernel_size[axis], options_.dilation_rate[axis]);
  const Dim stride = options_.strides[axis];
  return options_.padding == Padding::same ? stride - span % 2 : std::max<Dim>(stride - span, 0);
}

template <std::size_t Rank>
SpatialShape<Rank> ConvTransposeLayer<Rank>::output_shape(const Shape& input) const {
  this->check_inputs(Shapes{input});
  SpatialShape<Rank> shape(input, options_.data_format);
  shape.channels = options_.filters;
  for (std::size_t i = 0; i < Rank; ++i) {
    if (shape.size[i] == unknown) continue;
    const Dim span = nn::dilated_length(options_.kernel_size[i], options_.dilation_rate[i]);
    const Dim inner = options_.padding == Padding::same ? span % 2 : span;
    const Dim size = (shape.size[i] - 1) * options_.strides[i] + inner + output_padding(i);
    if (size <= 0 || shape.size[i] == 0) {
      throw ShapeError(concat(this->label(), ": Computed output size would be zero or negative. ",
                              "Received `inputs shape=", tuple_text(input),
                              "`, `kernel_size=", options_.kernel_size.values(),
                              "`, `strides=", options_.strides.values(),
                              "`, `padding=", options_.padding.name(), "`."));
    }
    shape.size[i] = size;
  }
  return shape;
}

template <std::size_t Rank>
Shape ConvTransposeLayer<Rank>::compute_output_shape(const Shape& input) const {
  return output_shape(input).shape(options_.data_format);
}

template <std::size_t Rank>
kernels::ConvSizes ConvTransposeLayer<Rank>::sizes(const Shape& input) const {
  // The convolution goes from this layer's output to its input.
  kernels::ConvSizes s = conv_sizes(windows_of(options_), output_shape(input),
                                    SpatialShape<Rank>(input, options_.data_format), 1);
  s.pad_before = {0, 0, 0};
  for (std::size_t i = 0; i < Rank && options_.padding == Padding::same; ++i) {
    // Keras's own rule, which holds for any output_padding
    // (keras.src.backend.common.backend_utils).
    const Dim span = nn::dilated_length(options_.kernel_size[i], options_.dilation_rate[i]);
    const Dim total = span + span % 2 - 2 + output_padding(i);
    const Dim left = std::min(total / 2 + total % 2, span - 1);
    s.pad_before[3 - Rank + i] = static_cast<std::size_t>(span - 1 - left);
  }
  return s;
}

template <std::size_t Rank>
Tensor ConvTransposeLayer<Rank>::forward(const Tensor& input, Context& context) const {
  const DataFormat format = options_.data_format;
  const FusedEnd end(bias_, options_.activation);
  Tensor output = empty(output_shape(shape_of(input)).shape(DataFormat::channels_last));
  kernels::conv_backprop_input(ChannelsLast(input, format).data(), kernel_->value().data(),
                               output.data(), sizes(shape_of(input)), end.epilogue());
  return end.finish(from_channels_last(std::move(output), format), context);
}

template <std::size_t Rank>
Tensor ConvTransposeLayer<Rank>::backward(Tensor gradient, Context& context) const {
  const DataFormat format = options_.data_format;
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  const Tensor& input = context.input();
  const kernels::ConvSizes s = sizes(shape_of(input));
  const ChannelsLast dy(gradient, format);
  if (bias_ && context.wants(*bias_)) {
    context.add_gradient(*bias_, channel_sums(gradient, format));
  }
  if (context.wants(*kernel_)) {
    real* no_bias_gradient = nullptr;
    Tensor kernel_gradient = empty(shape_of(kernel_->value()));
    kernels::conv_backprop_filter(dy.data(), ChannelsLast(input, format).data(),
                                  kernel_gradient.data(), no_bias_gradient, s);
    context.add_gradient(*kernel_, std::move(kernel_gradient));
  }
  if (!context.wants_input_gradient()) return {};
  Tensor dx = empty(SpatialShape<Rank>(shape_of(input), format).shape(DataFormat::channels_last));
  kernels::conv_forward(dy.data(), kernel_->value().data(), dx.data(), s);
  return from_channels_last(std::move(dx), format);
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> ConvTransposeLayer<Rank>::prepare(const Shapes& inputs) const {
  if (options_.data_format == DataFormat::channels_first ||
      !prepared::keeps_shape(options_.activation, compute_output_shape(inputs[0]))) {
    return nullptr;
  }
  return std::make_shared<PreparedConvTranspose<Rank>>(
      [this](const Shape& input) { return sizes(input); },
      [this](const Shape& input) { return compute_output_shape(input); }, kernel_->value(), bias_,
      options_.activation);
}

template struct ConvTransposeOptions<1>;
template struct ConvTransposeOptions<2>;
template struct ConvTransposeOptions<3>;
template class ConvTransposeLayer<1>;
template class ConvTransposeLayer<2>;
template class ConvTransposeLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
