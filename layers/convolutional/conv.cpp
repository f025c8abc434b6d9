#include "conv.hpp"

#include "../../framework/fields_impl.hpp"
#include "conv_windows.hpp"
#include "prepared_conv.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
void ConvOptions<Rank>::describe(Fields& fields) {
  fields("filters", filters)("kernel_size", kernel_size)("strides", strides)("padding", padding)(
      "data_format", data_format)("dilation_rate", dilation_rate)("groups", groups)(
      "activation", activation)("use_bias", use_bias)("kernel_initializer", kernel_initializer)(
      "bias_initializer", bias_initializer)("kernel_regularizer", kernel_regularizer)(
      "bias_regularizer", bias_regularizer)
      .activity_regularizer()("kernel_constraint", kernel_constraint)("bias_constraint",
                                                                      bias_constraint);
}

template <std::size_t Rank>
ConvLayer<Rank>::ConvLayer(ConvOptions<Rank> options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  const Dim filters = options_.filters, groups = options_.groups;
  check_windows(*this, windows_of(options_), Rank == 1);
  check_positive(*this, "filters", filters);
  if (groups <= 0) {
    this->refuse("The number of groups must be a positive integer. Received: groups=", groups, ".");
  }
  if (filters % groups != 0) {
    this->refuse("The number of filters must be evenly divisible by the number of groups. ",
                 "Received: groups=", groups, ", filters=", filters, ".");
  }
  check_strides_or_dilation(*this, windows_of(options_));
}

template <std::size_t Rank>
void ConvLayer<Rank>::build_weights(const Shape& input) {
  const int axis = channel_axis(options_.data_format, Rank);
  this->set_input_spec({.min_ndim = Rank + 2});
  this->check_inputs(Shapes{input});
  output_shape(input);  // refuses inputs too small
  const Dim channels = SpatialShape<Rank>(input, options_.data_format).channels;
  if (channels % options_.groups != 0 && channels != unknown) {
    throw ShapeError(
        concat(this->label(), ": The number of input channels must be evenly divisible by the ",
               "number of groups. Received groups=", options_.groups, ", but the input has ",
               channels, " channels (full input shape is ", tuple_text(input), ")."));
  }
  const Dim depth = channels == unknown ? unknown : channels / options_.groups;
  kernel_ =
      &this->add_weight({.name = "kernel",
                         .shape = kernel_shape(options_.kernel_size, {depth, options_.filters}),
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
  this->set_input_spec({.min_ndim = Rank + 2, .axes = {{axis, channels}}});
}

template <std::size_t Rank>
SpatialShape<Rank> ConvLayer<Rank>::output_shape(const Shape& input) const {
  const auto axis = static_cast<std::size_t>(channel_axis(options_.data_format, Rank));
  const Dim channels =
      axis < input.size() && input[axis] != unknown ? input[axis] / options_.groups : unknown;
  return conv_output_shape(*this, windows_of(options_), input, options_.data_format,
                           {channels, options_.filters}, options_.filters);
}

template <std::size_t Rank>
Shape ConvLayer<Rank>::compute_output_shape(const Shape& input) const {
  return output_shape(input).shape(options_.data_format);
}

template <std::size_t Rank>
kernels::ConvSizes ConvLayer<Rank>::sizes(const Shape& input) const {
  return conv_sizes(windows_of(options_), SpatialShape<Rank>(input, options_.data_format),
                    output_shape(input), options_.groups);
}

template <std::size_t Rank>
Tensor ConvLayer<Rank>::forward(const Tensor& input, Context& context) const {
  const DataFormat format = options_.data_format;
  const FusedEnd end(bias_, options_.activation);
  Tensor output = empty(output_shape(shape_of(input)).shape(DataFormat::channels_last));
  const kernels::ConvSizes s = sizes(shape_of(input));
  const auto packed = packed_.get(
      *kernel_, [&] { return kernels::PackedFilter<real>(kernel_->value().data(), s); });
  kernels::conv_forward(ChannelsLast(input, format).data(), *packed, output.data(), s,
                        end.epilogue());
  return end.finish(from_channels_last(std::move(output), format), context);
}

template <std::size_t Rank>
Tensor ConvLayer<Rank>::backward(Tensor gradient, Context& context) const {
  const DataFormat format = options_.data_format;
  gradient = activation_gradient(options_.activation, std::move(gradient), context);
  const Shape input = shape_of(context.input());
  const kernels::ConvSizes s = sizes(input);
  const ChannelsLast dy(gradient, format);
  add_weight_gradients(dy.data(), s, context);
  if (!context.wants_input_gradient()) return {};
  Tensor input_gradient = empty(SpatialShape<Rank>(input, format).shape(DataFormat::channels_last));
  kernels::conv_backprop_input(dy.data(), kernel_->value().data(), input_gradient.data(), s);
  return from_channels_last(std::move(input_gradient), format);
}

template <std::size_t Rank>
void ConvLayer<Rank>::add_weight_gradients(const real* gradient, const kernels::ConvSizes& s,
                                           Context& context) const {
  const bool wants_bias = bias_ && context.wants(*bias_);
  if (!context.wants(*kernel_) && !wants_bias) return;
  Tensor kernel_gradient = empty(shape_of(kernel_->value()));
  Tensor bias_gradient = empty({wants_bias ? options_.filters : 0});
  kernels::conv_backprop_filter(ChannelsLast(context.input(), options_.data_format).data(),
                                gradient, kernel_gradient.data(),
                                wants_bias ? bias_gradient.data() : nullptr, s);
  context.add_gradient(*kernel_, std::move(kernel_gradient));
  if (wants_bias) context.add_gradient(*bias_, std::move(bias_gradient));
}

template <std::size_t Rank>
std::shared_ptr<prepared::Operation> ConvLayer<Rank>::prepare(const Shapes& inputs) const {
  if (options_.data_format == DataFormat::channels_first ||
      !prepared::keeps_shape(options_.activation, compute_output_shape(inputs[0]))) {
    return nullptr;
  }
  const Tensor& kernel = kernel_->value();
  return std::make_shared<PreparedConv<Rank>>(
      PreparedWindows<Rank>{
          .layer = *this,
          .windows = windows_of(options_),
          .kernel_channels = {static_cast<Dim>(kernel.shape(Rank)), options_.filters},
          .filters = options_.filters,
          .groups = options_.groups},
      kernel, bias_, options_.activation);
}

template struct ConvOptions<1>;
template struct ConvOptions<2>;
template struct ConvOptions<3>;
template class ConvLayer<1>;
template class ConvLayer<2>;
template class ConvLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
