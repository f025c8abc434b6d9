#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/kernels/conv.hpp"
#include "../../framework/spatial.hpp"
#include "gated_cell.hpp"
#include "recurrent.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct ConvLSTMOptions {
  /// Channels of the states and of the output; required.
  Dim filters = 0;
  /// Required.
  Extent<Rank> kernel_size = 0;
  Extent<Rank> strides = 1;
  /// "valid" or "same", for the convolution of the input; that of the state is always "same".
  Padding padding = Padding::valid;
  DataFormat data_format = image_data_format();
  Extent<Rank> dilation_rate = 1;
  Spec<ActivationFunction> activation = "tanh";
  Spec<ActivationFunction> recurrent_activation = "sigmoid";
  bool use_bias = true;
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> recurrent_initializer = "orthogonal";
  Spec<Initializer> bias_initializer = "zeros";
  /// Whether the bias of the forget gate begins with ones.
  bool unit_forget_bias = true;
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> recurrent_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> recurrent_constraint = {};
  Spec<Constraint> bias_constraint = {};
  /// The shares of inputs and states to drop in training, drawn once for a sequence; brought into
  /// [0, 1], where 1 drops nothing, as in Keras.
  double dropout = 0;
  double recurrent_dropout = 0;
  std::optional<Dim> seed = {};
  // As in RecurrentFlags.
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  bool time_major = false;
  void describe(Fields& fields);
};

/// One step of a ConvLSTM: an LSTMCell whose products are convolutions. Inputs x
/// (batch, spatial..., channels) and the states h and c with `filters` channels, or all of them
/// with the channels first. Weights: kernel (kernel_size..., channels, 4 filters),
/// recurrent_kernel (kernel_size..., filters, 4 filters), bias (4 filters).
template <std::size_t Rank>
class ConvLSTMCellLayer final
    : public OptionsLayer<ConvLSTMCellLayer<Rank>, ConvLSTMOptions<Rank>, GatedCell> {
  using Base = OptionsLayer<ConvLSTMCellLayer<Rank>, ConvLSTMOptions<Rank>, GatedCell>;

 public:
  static constexpr std::string_view keras_name = "ConvLSTMCell";
  explicit ConvLSTMCellLayer(ConvLSTMOptions<Rank> options, LayerOptions common);

  Shape output_shape(const Shape& step) const override;
  Shapes state_shapes(const Shape& step) const override;
  std::shared_ptr<SequenceRun> run_over(Sequence sequence, Context& context) const override;

 private:
  using Base::options_;
  void build_all(const Shapes& inputs) override;
  /// Of the input's convolution and of the state's, for one step of `batch` samples.
  kernels::ConvSizes input_sizes(Dim batch) const;
  kernels::ConvSizes state_sizes(Dim batch) const;
  /// A run over steps whose channels are last.
  std::shared_ptr<SequenceRun> run_channels_last(Sequence sequence, const Context& context) const;

  std::uint64_t seed_;
};

/// A convolutional LSTM over series, images or volumes (keras.layers.ConvLSTM1D, ConvLSTM2D,
/// ConvLSTM3D; Shi et al., 2015): as an LSTM, with convolutions for products.
///
/// Input (batch, steps, spatial..., channels) or, for "channels_first",
/// (batch, steps, channels, spatial...); outputs, initial states and masks as RecurrentLayer says,
/// with `filters` channels. Weights those of the cell. Throws ValueError for sizes below 1 and for
/// strides together with dilation, ShapeError where the spatial sizes are not known.
template <std::size_t Rank>
class ConvLSTMLayer final
    : public RecurrentOptionsLayer<ConvLSTMLayer<Rank>, ConvLSTMOptions<Rank>> {
  using Base = RecurrentOptionsLayer<ConvLSTMLayer<Rank>, ConvLSTMOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1   ? "ConvLSTM1D"
                                                 : Rank == 2 ? "ConvLSTM2D"
                                                             : "ConvLSTM3D";
  explicit ConvLSTMLayer(ConvLSTMOptions<Rank> options = {}, LayerOptions common = {});

 private:
  using Base::options_;
};

using ConvLSTM1D = Handle<ConvLSTMLayer<1>>;
using ConvLSTM2D = Handle<ConvLSTMLayer<2>>;
using ConvLSTM3D = Handle<ConvLSTMLayer<3>>;

extern template class ConvLSTMLayer<1>;
extern template class ConvLSTMLayer<2>;
extern template class ConvLSTMLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
