#include "conv_lstm.hpp"

#include "../convolutional/conv_windows.hpp"
#include "cell_options.hpp"
#include "channels_first_run.hpp"
#include "conv_gates.hpp"
#include "lstm_run.hpp"
#include "recurrent_options.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

template <std::size_t Rank>
void check_arguments(const Layer& layer, const ConvLSTMOptions<Rank>& options) {
  check_positive(layer, "filters", options.filters);
  check_windows(layer, windows_of(options), false);
  const auto above_one = [](Dim value) { return value > 1; };
  if (std::ranges::any_of(options.strides, above_one) &&
      std::ranges::any_of(options.dilation_rate, above_one)) {
    const auto text = [](const Extent<Rank>& values) {
      return tuple_text(Shape(values.begin(), values.end()));
    };
    layer.refuse("Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please ",
                 "provide `strides=1` or `dilation_rate=1`. Received: strides=",
                 text(options.strides), " and dilation_rate=", text(options.dilation_rate));
  }
}

/// The convolution of the state, which keeps its size.
template <std::size_t Rank>
ConvWindows<Rank> state_windows(const ConvLSTMOptions<Rank>& options) {
  return {options.kernel_size, 1, 1, Padding::same};
}

}  // namespace

template <std::size_t Rank>
void ConvLSTMOptions<Rank>::describe(Fields& fields) {
  describe_flags(fields, *this);
  fields("filters", filters)("kernel_size", kernel_size)("strides", strides)("padding", padding)(
      "data_format", data_format)("dilation_rate", dilation_rate)("activation", activation)(
      "recurrent_activation", recurrent_activation)("use_bias", use_bias);
  describe_initializers(fields, *this);
  fields("unit_forget_bias", unit_forget_bias);
  describe_regularizers(fields, *this);
  fields.activity_regularizer();
  describe_constraints(fields, *this);
  describe_dropout(fields, *this);
  fields("seed", seed);
}

template <std::size_t Rank>
ConvLSTMCellLayer<Rank>::ConvLSTMCellLayer(ConvLSTMOptions<Rank> options, LayerOptions common)
    : Base(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {}

template <std::size_t Rank>
Shape ConvLSTMCellLayer<Rank>::output_shape(const Shape& step) const {
  const SpatialShape<Rank> input(step, options_.data_format);
  return conv_output_shape(*this, windows_of(options_), step, options_.data_format,
                           {input.channels, options_.filters}, options_.filters)
      .shape(options_.data_format);
}

template <std::size_t Rank>
Shapes ConvLSTMCellLayer<Rank>::state_shapes(const Shape& step) const {
  const Shape state = output_shape(step);
  return {state, state};
}

template <std::size_t Rank>
void ConvLSTMCellLayer<Rank>::build_all(const Shapes& inputs) {
  const SpatialShape<Rank> input(inputs[0], options_.data_format);
  for (const Dim size : input.size) {
    if (size != unknown) continue;
    throw ShapeError(concat(this->label(), ": ConvLSTM layers only support static input shapes ",
                            "for the spatial dimension. Received invalid input shape: ",
                            "input_shape=", tuple_text(inputs[0])));
  }
  if (input.channels == unknown) {
    throw ShapeError(concat(this->label(), ": The channel dimension of the inputs (last axis) ",
                            "should be defined. Found None. Full input shape received: ",
                            "input_shape=", tuple_text(inputs[0])));
  }
  const Dim filters = options_.filters, gates = 4 * filters;
  this->build_gates(options_, {kernel_shape(options_.kernel_size, {input.channels, gates}),
                               kernel_shape(options_.kernel_size, {filters, gates}),
                               {gates}});
  if (options_.unit_forget_bias) this->set_forget_bias(options_.bias_initializer, filters);
}

template <std::size_t Rank>
kernels::ConvSizes ConvLSTMCellLayer<Rank>::input_sizes(Dim batch) const {
  SpatialShape<Rank> input(this->build_shapes()[0], options_.data_format);
  SpatialShape<Rank> output(output_shape(this->build_shapes()[0]), options_.data_format);
  input.batch = output.batch = batch;
  output.channels = 4 * options_.filters;
  return conv_sizes(windows_of(options_), input, output, 1);
}

template <std::size_t Rank>
kernels::ConvSizes ConvLSTMCellLayer<Rank>::state_sizes(Dim batch) const {
  SpatialShape<Rank> state(output_shape(this->build_shapes()[0]), options_.data_format);
  state.batch = batch;
  SpatialShape<Rank> gates = state;
  gates.channels = 4 * options_.filters;
  return conv_sizes(state_windows(options_), state, gates, 1);
}

template <std::size_t Rank>
std::shared_ptr<SequenceRun> ConvLSTMCellLayer<Rank>::run_channels_last(
    Sequence sequence, const Context& context) const {
  GateDropout dropout(options_.dropout, options_.recurrent_dropout, 4);
  dropout.masks = 4;
  const auto without_steps = [](Shape shape) { return Shape(shape.begin() + 1, shape.end()); };
  auto maps = std::make_unique<LstmRun::Maps>();
  maps->masks = this->draw(dropout, seed_, without_steps(shape_of(sequence.x)),
                           shape_of(sequence.states[0]), context);
  const auto batch = static_cast<Dim>(sequence.batch());
  const Parameter* const bias = this->bias();
  maps->input =
      std::make_unique<ConvGates>(this->kernel().value(), bias ? bias->value().data() : nullptr,
                                  input_sizes(batch), maps->masks.input);
  maps->recurrent = std::make_unique<ConvGates>(this->recurrent_kernel().value(), nullptr,
                                                state_sizes(batch), maps->masks.recurrent);
  return std::make_shared<LstmRun>(*this, std::move(maps), options_.activation,
                                   options_.recurrent_activation,
                                   static_cast<std::size_t>(options_.filters), std::move(sequence));
}

template <std::size_t Rank>
std::shared_ptr<SequenceRun> ConvLSTMCellLayer<Rank>::run_over(Sequence sequence,
                                                               Context& context) const {
  if (options_.data_format == DataFormat::channels_last)
    return run_channels_last(std::move(sequence), context);
  return std::make_shared<ChannelsFirstRun>(std::move(sequence), [&](Sequence turned) {
    return run_channels_last(std::move(turned), context);
  });
}

template <std::size_t Rank>
ConvLSTMLayer<Rank>::ConvLSTMLayer(ConvLSTMOptions<Rank> options, LayerOptions common)
    : Base(std::move(options), std::move(common)) {
  check_arguments(*this, options_);
  clamp_dropout(options_);
  this->set_input_spec({.ndim = Rank + 3});
  this->set_cell(std::make_shared<ConvLSTMCellLayer<Rank>>(
                     options_, LayerOptions{.name = "conv_lstm_cell", .dtype = this->dtype()}),
                 flags_of(options_));
}

template class ConvLSTMCellLayer<1>;
template class ConvLSTMCellLayer<2>;
template class ConvLSTMCellLayer<3>;
template class ConvLSTMLayer<1>;
template class ConvLSTMLayer<2>;
template class ConvLSTMLayer<3>;
template struct ConvLSTMOptions<1>;
template struct ConvLSTMOptions<2>;
template struct ConvLSTMOptions<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
