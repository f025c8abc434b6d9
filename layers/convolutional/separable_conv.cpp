#include "separable_conv.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/separable_conv2d.hpp"
#include "conv_windows.hpp"
#include "depthwise_sizes.hpp"
#include "pointwise.hpp"
#include "prepared_separable.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The depthwise convolution's output, kept for the pointwise kernel's gradient.
struct Between {
  Tensor tensor;
};

}  // namespace

template <std::size_t Rank>
void SeparableConvOptions<Rank>::describe(Fields& fields) {
  fields("depth_multiplier", depth_multiplier)("filters", filters)("kernel_size", kernel_size)(
      "strides", strides)("padding", padding)("data_format", data_format)(
      "dilation_rate", dilation_rate)("activation", activation)("use_bias", use_bias)(
      "depthwise_initializer", depthwise_initializer)(
      "pointwise_initializer", pointwise_initializer)("bias_initializer", bias_initializer)(
      "depthwise_regularizer", depthwise_regularizer)(
      "pointwise_regularizer", pointwise_regularizer)("bias_regularizer", bias_regularizer)
      .activity_regularizer()("depthwise_constraint", depthwise_constraint)(
          "pointwise_constraint", pointwise_constraint)("bias_constraint", bias_constraint);
  // Keras 2 wrote what its Conv has, though the layer does not use it.
  if (fields.reading()) {
    fields.constant("groups", 1)
        .ignore("kernel_initializer")
        .ignore("kernel_regularizer")
        .ignore("kernel_constraint");
  }
}

template <std::size_t Rank>
SeparableConvLayer<Rank>::SeparableConvLayer(SeparableConvOptions<Rank> options,
                                             LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_positive(*this, "depth_multiplier", options_.depth_multiplier);
  check_positive(*this, "filters", options_.filters);
  check_windows(*this, windows_of(options_), Rank == 1);
}

template <std::size_t Rank>
void SeparableConvLayer<Rank>::build_weights(const Shape& input) {
  const int axis = channel_axis(options_.data_format, Rank);
  this->set_input_spec({.min_ndim = Rank + 2});
  this->check_inputs(Shapes{input});
  const Dim between = between_shape(input).channels;  // refuses inputs too small
  const Dim channels = SpatialShape<Rank>(input, options_.data_format).channels;
  depthwise_kernel_ = &this->add_weight(
      {.name = "depthwise_kernel",
       .shape = kernel_shape(options_.kernel_size, {channels, options_.depth_multiplier}),
       .initializer = options_.depthwise_initializer,
       .regularizer = options_.depthwise_regularizer,
       .constraint = options_.depthwise_constraint});
  pointwise_kernel_ =
      &this->add_weight({.name = "pointwise_kernel",
                         .shape = kernel_shape(Extent<Rank>(1), {between, options_.filters}),
                         .initializer = options_.pointwise_initializer,
                         .regularizer = options_.pointwise_regularizer,
                         .constraint = options_.pointwise_constraint});
  if (options_.use_bias) {
    bias_ = &this->add_weight({.name = "bias",
                               .shape = {options_.filters},
                               .initializer = options_.bias_initializer,
                               .regularizer = options_.bias_regularizer,
                               .constraint = options_.bias_constraint});
  }
  this->set_input_spec({.min_ndim = Rank + 2, .axes = {{axis, channels}}});
}

template <std::size_t Rank>
SpatialShape<Rank> SeparableConvLayer<Rank>::between_shape(const Shape& input) const {
  return depthwise_output_shape(*this, windows_of(options_), input, options_.data_format,
                                options_.depth_multiplier);
}

template <std::size_t Rank>
Shape SeparableConvLayer<Rank>::compute_output_shape(const Shape& input) const {
  SpatialShape<Rank> shape = between_shape(input);
  shape.channels = options_.filters;
  return shape.shape(options_.data_format);
}

template <std::size_t Rank>
kernels::DepthwiseConv2DSizes SeparableConvLayer<Rank>::depthwise_sizes(const Shape& input) const {
  return layers::depthwise_sizes(windows_of(options_),
                                 SpatialShape<Rank>(input, options_.data_format),
                                 between_shape(input), options_.data_format);
}

template <std::size_t Rank>
void SeparableConvLayer<Rank>::forward_fused(const Tensor& input, Tensor* between, Tensor& output,
                                             const kernels::Epilogue<real>& epilogue) const {
  const Tensor& kernel = pointwise_kernel_->value();
  const std::size_t channels = kernel.shape(Rank), filters = kernel.shape(Rank + 1);
  const auto packed = packed_.get(*pointwise_kernel_, [&] {
    return kernels::PackedMatrix<real>(kernels::Transpose::no, channels, filters, kernel.data(),
                                       filters);
  });
  const real* no_bias = nullptr;
  kernels::separable_conv2d(input.data(), depthwise_kernel_->value().data(), no_bias, *packed,
                            output.data(), depthwise_sizes(shape_of(input)), {}, epilogue,
                            between ? between->data() : nullptr);
}

template <std::size_t Rank>
Tensor SeparableConvLayer<Rank>::forward(const Tensor& input, Context& context) const {
  const FusedEnd end(bias_, options_.activation);
  const bool keeps = context.wants(*pointwise_kernel_);
  const bool fused = options_.data_format == DataFormat::channels_last;
  Tensor output = empty(compute_output_shape(shape_of(input)));
  Tensor between;
  if (keeps || !fused) between = empty(between_shape(shape_of(input)).shape(options_.data_format));
  if (fused) {
    forward_fused(input, keeps ? &between : nullptr, output, end.epilogue());
  } else {
    const real* no_bias = nullptr;
    kernels::depthwise_conv2d(input.data(), depthwise_kernel_->value().data(), no_bias,
                              between.data(), depthwise_sizes(shape_of(input)));
    pointwise(between, pointwise_kernel_->value(), output, options_.data_format, end.epilogue());
  }
  if (keeps) context.save(Between{std::move(between)});
  return end.finish(std::move(output), context);
}

template <std::size_t Rank>
Tensor SeparableConvLayer<Rank>::backward(Tensor gradient, Context& context) const {
  const DataFormat format = options_.data_format;
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  const Tensor& input = context.input();
  if (bias_ && context.wants(*bias_)) {
    context.add_gradient(*bias_, channel_sums(gradient, format));
  }
  if (context.wants(*pointwise_kernel_)) {
    context.add_gradient(*pointwise_kernel_,
                         pointwise_kernel_gradient(context.saved<Between>().tensor, gradient,
                                                   pointwise_kernel_->value(), format));
  }
  if (!context.wants(*depthwise_kernel_) && !context.wants_input_gradient()) return {};

  const kernels::DepthwiseConv2DSizes sizes = depthwise_sizes(shape_of(input));
  const Tensor between_gradient = pointwise_input_gradient(
      gradient, pointwise_kernel_->value(), between_shape(shape_of(input)).shape(format), format);
  if (context.wants(*depthwise_kernel_)) {
    real* no_bias_gradient = nullptr;
    Tensor kernel_gradient = empty(shape_of(depthwise_kernel_->value()));
    kernels::depthwise_conv2d_backprop_filter(input.data(), between_gradient.data(),
                                              kernel_gradient.data(), no_bias_gradient, sizes);
    context.add_gradient(*depthwise_kernel_, std::move(kernel_gradient));
  }
  if (!context.wants_input_gradient()) return {};
  Tensor input_gradient = empty(shape_of(input));
  kernels::depthwise_conv2d_backprop_input(depthwise_kernel_->value().data(),
                                           between_gradient.data(), input_gradient.data(), sizes);
  return input_gradient;
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> SeparableConvLayer<Rank>::prepare(const Shapes& inputs) const {
  if (options_.data_format == DataFormat::channels_first ||
      !prepared::keeps_shape(options_.activation, compute_output_shape(inputs[0]))) {
    return nullptr;
  }
  const Tensor& kernel = depthwise_kernel_->value();
  const Parameter* no_bias = nullptr;
  auto depthwise = std::make_shared<PreparedDepthwise<Rank>>(
      prepared_windows(*this, options_, kernel), kernel, no_bias, Spec<ActivationFunction>());
  std::vector<real> bias(static_cast<std::size_t>(options_.filters), 0);
  if (bias_) bias.assign(bias_->value().begin(), bias_->value().end());
  return std::make_shared<PreparedSeparable<Rank>>(std::move(depthwise), pointwise_kernel_->value(),
                                                   std::move(bias),
                                                   prepared::Ending(options_.activation));
}

template struct SeparableConvOptions<1>;
template struct SeparableConvOptions<2>;
template class SeparableConvLayer<1>;
template class SeparableConvLayer<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
