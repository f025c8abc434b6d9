#include "depthwise_conv.hpp"

#include "../../framework/fields_impl.hpp"
#include "conv_windows.hpp"
#include "depthwise_sizes.hpp"
#include "prepared_depthwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void DepthwiseConvOptions<Rank>::describe(Fields& fields) {
  fields("depth_multiplier", depth_multiplier)("kernel_size", kernel_size)("strides", strides)(
      "padding", padding)("data_format", data_format)("dilation_rate", dilation_rate)(
      "activation", activation)("use_bias", use_bias)(
      "depthwise_initializer", depthwise_initializer)("bias_initializer", bias_initializer)(
      "depthwise_regularizer", depthwise_regularizer)("bias_regularizer", bias_regularizer)
      .activity_regularizer()("depthwise_constraint", depthwise_constraint)("bias_constraint",
                                                                            bias_constraint);
  // Keras 2 wrote it though the layer has no such argument.
  if (fields.reading()) fields.constant("groups", 1);
}

template <std::size_t Rank>
DepthwiseConvLayer<Rank>::DepthwiseConvLayer(DepthwiseConvOptions<Rank> options,
                                             LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_positive(*this, "depth_multiplier", options_.depth_multiplier);
  check_windows(*this, windows_of(options_), false);
}

template <std::size_t Rank>
void DepthwiseConvLayer<Rank>::build_weights(const Shape& input) {
  const int axis = channel_axis(options_.data_format, Rank);
  this->set_input_spec({.min_ndim = Rank + 2});
  this->check_inputs(Shapes{input});
  const SpatialShape<Rank> output = output_shape(input);  // refuses inputs too small
  const Dim channels = SpatialShape<Rank>(input, options_.data_format).channels;
  kernel_ = &this->add_weight(
      {.name = "kernel",
       .shape = kernel_shape(options_.kernel_size, {channels, options_.depth_multiplier}),
       .initializer = options_.depthwise_initializer,
       .regularizer = options_.depthwise_regularizer,
       .constraint = options_.depthwise_constraint});
  if (options_.use_bias) {
    bias_ = &this->add_weight({.name = "bias",
                               .shape = {output.channels},
                               .initializer = options_.bias_initializer,
                               .regularizer = options_.bias_regularizer,
                               .constraint = options_.bias_constraint});
  }
  this->set_input_spec({.min_ndim = Rank + 2, .axes = {{axis, channels}}});
}

template <std::size_t Rank>
SpatialShape<Rank> DepthwiseConvLayer<Rank>::output_shape(const Shape& input) const {
  return depthwise_output_shape(*this, windows_of(options_), input, options_.data_format,
                                options_.depth_multiplier);
}

template <std::size_t Rank>
Shape DepthwiseConvLayer<Rank>::compute_output_shape(const Shape& input) const {
  return output_shape(input).shape(options_.data_format);
}

template <std::size_t Rank>
kernels::DepthwiseConv2DSizes DepthwiseConvLayer<Rank>::sizes(const Shape& input) const {
  return depthwise_sizes(windows_of(options_), SpatialShape<Rank>(input, options_.data_format),
                         output_shape(input), options_.data_format);
}

template <std::size_t Rank>
Tensor DepthwiseConvLayer<Rank>::forward(const Tensor& input, Context& context) const {
  Tensor output = empty(compute_output_shape(shape_of(input)));
  kernels::depthwise_conv2d(input.data(), kernel_->value().data(),
                            bias_ ? bias_->value().data() : nullptr, output.data(),
                            sizes(shape_of(input)));
  return activate(options_.activation, std::move(output), context);
}

template <std::size_t Rank>
Tensor DepthwiseConvLayer<Rank>::backward(Tensor gradient, Context& context) const {
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  const Tensor& input = context.input();
  const kernels::DepthwiseConv2DSizes s = sizes(shape_of(input));
  const bool wants_bias = bias_ && context.wants(*bias_);
  if (context.wants(*kernel_) || wants_bias) {
    Tensor kernel_gradient = empty(shape_of(kernel_->value()));
    Tensor bias_gradient = empty(bias_ ? shape_of(bias_->value()) : Shape{0});
    kernels::depthwise_conv2d_backprop_filter(input.data(), gradient.data(), kernel_gradient.data(),
                                              wants_bias ? bias_gradient.data() : nullptr, s);
    context.add_gradient(*kernel_, std::move(kernel_gradient));
    if (wants_bias) context.add_gradient(*bias_, std::move(bias_gradient));
  }
  if (!context.wants_input_gradient()) return {};
  Tensor input_gradient = empty(shape_of(input));
  kernels::depthwise_conv2d_backprop_input(kernel_->value().data(), gradient.data(),
                                           input_gradient.data(), s);
  return input_gradient;
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> DepthwiseConvLayer<Rank>::prepare(const Shapes& inputs) const {
  if (options_.data_format == DataFormat::channels_first ||
      !prepared::keeps_shape(options_.activation, compute_output_shape(inputs[0]))) {
    return nullptr;
  }
  const Tensor& kernel = kernel_->value();
  return std::make_shared<PreparedDepthwise<Rank>>(prepared_windows(*this, options_, kernel),
                                                   kernel, bias_, options_.activation);
}

template struct DepthwiseConvOptions<1>;
template struct DepthwiseConvOptions<2>;
template class DepthwiseConvLayer<1>;
template class DepthwiseConvLayer<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
