#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "gated_cell.hpp"
#include "recurrent.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct LSTMCellOptions {
  /// The size of the states and of the output; required.
  Dim units = 0;
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
  /// None: a new one for each cell.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// One step of an LSTM (keras.layers.LSTMCell; Hochreiter and Schmidhuber, 1997):
///
///   i, f, o = recurrent_activation(x W + h U + b),   g = activation(x W + h U + b)
///   c' = f c + i g,   h' = o activation(c')
///
/// Inputs x (batch, n) and the states h and c (batch, units); outputs h', h' and c'. Weights:
/// kernel (n, 4 units), recurrent_kernel (units, 4 units), bias (4 units), each with the gates i,
/// f, g, o side by side. Throws ValueError unless units > 0.
class LSTMCellLayer final : public OptionsLayer<LSTMCellLayer, LSTMCellOptions, GatedCell> {
 public:
  static constexpr std::string_view keras_name = "LSTMCell";
  explicit LSTMCellLayer(Options options = {}, LayerOptions common = {});

  Shape output_shape(const Shape& step) const override { return {step[0], options_.units}; }
  Shapes state_shapes(const Shape& step) const override;
  std::shared_ptr<SequenceRun> run_over(Sequence sequence, Context& context) const override;

 private:
  void build_all(const Shapes& inputs) override;

  std::uint64_t seed_;
};

struct LSTMOptions {
  /// The size of the states and of the output; required.
  Dim units = 0;
  Spec<ActivationFunction> activation = "tanh";
  Spec<ActivationFunction> recurrent_activation = "sigmoid";
  bool use_bias = true;
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> recurrent_initializer = "orthogonal";
  Spec<Initializer> bias_initializer = "zeros";
  bool unit_forget_bias = true;
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> recurrent_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> recurrent_constraint = {};
  Spec<Constraint> bias_constraint = {};
  double dropout = 0;
  double recurrent_dropout = 0;
  std::optional<Dim> seed = {};
  // As in RecurrentFlags.
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  /// None is Keras's "auto"; true is refused, there being no cuDNN.
  std::optional<bool> use_cudnn = {};
  bool zero_output_for_mask = false;
  bool time_major = false;
  void describe(Fields& fields);
};

/// An LSTMCell run over a sequence (keras.layers.LSTM). Input (batch, steps, n); outputs, initial
/// states and masks as RecurrentLayer says; weights those of the cell.
class LSTMLayer final : public RecurrentOptionsLayer<LSTMLayer, LSTMOptions> {
 public:
  static constexpr std::string_view keras_name = "LSTM";
  explicit LSTMLayer(Options options = {}, LayerOptions common = {});
};

using LSTMCell = Handle<LSTMCellLayer>;
using LSTM = Handle<LSTMLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
