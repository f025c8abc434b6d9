#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "gated_cell.hpp"
#include "recurrent.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct SimpleRNNCellOptions {
  /// The size of the state and of the output; required.
  Dim units = 0;
  Spec<ActivationFunction> activation = "tanh";
  bool use_bias = true;
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> recurrent_initializer = "orthogonal";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> recurrent_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> recurrent_constraint = {};
  Spec<Constraint> bias_constraint = {};
  /// The shares of inputs and states to drop in training, drawn once for a sequence; brought into
  /// [0, 1], as Keras does.
  double dropout = 0;
  double recurrent_dropout = 0;
  /// None: a new one for each cell.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// One step of a recurrent layer without gates (keras.layers.SimpleRNNCell):
///
///   h' = activation(x W + h U + b)
///
/// Inputs x (batch, n) and the state h (batch, units); outputs h' and h'. Weights: kernel
/// (n, units), recurrent_kernel (units, units), bias (units). Throws ValueError unless units > 0.
class SimpleRNNCellLayer final
    : public OptionsLayer<SimpleRNNCellLayer, SimpleRNNCellOptions, GatedCell> {
 public:
  static constexpr std::string_view keras_name = "SimpleRNNCell";
  explicit SimpleRNNCellLayer(Options options = {}, LayerOptions common = {});

  Shape output_shape(const Shape& step) const override { return {step[0], options_.units}; }
  Shapes state_shapes(const Shape& step) const override { return {{step[0], options_.units}}; }
  std::shared_ptr<SequenceRun> run_over(Sequence sequence, Context& context) const override;

 private:
  void build_all(const Shapes& inputs) override;

  std::uint64_t seed_;
};

struct SimpleRNNOptions {
  /// The size of the state and of the output; required.
  Dim units = 0;
  Spec<ActivationFunction> activation = "tanh";
  bool use_bias = true;
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> recurrent_initializer = "orthogonal";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> recurrent_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> recurrent_constraint = {};
  Spec<Constraint> bias_constraint = {};
  double dropout = 0;
  double recurrent_dropout = 0;
  // As in RecurrentFlags.
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  std::optional<Dim> seed = {};
  bool zero_output_for_mask = false;
  bool time_major = false;
  void describe(Fields& fields);
};

/// A SimpleRNNCell run over a sequence (keras.layers.SimpleRNN). Input (batch, steps, n); outputs,
/// initial states and masks as RecurrentLayer says; weights those of the cell.
class SimpleRNNLayer final : public RecurrentOptionsLayer<SimpleRNNLayer, SimpleRNNOptions> {
 public:
  static constexpr std::string_view keras_name = "SimpleRNN";
  explicit SimpleRNNLayer(Options options = {}, LayerOptions common = {});
};

using SimpleRNNCell = Handle<SimpleRNNCellLayer>;
using SimpleRNN = Handle<SimpleRNNLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
