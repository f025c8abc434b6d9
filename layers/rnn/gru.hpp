#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "gated_cell.hpp"
#include "recurrent.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct GRUCellOptions {
  /// The size of the state and of the output; required.
  Dim units = 0;
  Spec<ActivationFunction> activation = "tanh";
  Spec<ActivationFunction> recurrent_activation = "sigmoid";
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
  /// [0, 1], where 1 drops nothing, as in Keras.
  double dropout = 0;
  double recurrent_dropout = 0;
  /// Whether the reset gate comes after the product of the state, as in cuDNN, or before it.
  bool reset_after = true;
  /// None: a new one for each cell.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// One step of a GRU (keras.layers.GRUCell; Cho et al., 2014):
///
///   z, r = recurrent_activation(x W + b + h U + b'),   h' = z h + (1 - z) g
///   g = activation(x W + b + r (h U + b')), or activation(x W + b + (r h) U) unless reset_after
///
/// Inputs x (batch, n) and the state h (batch, units); outputs h' and h'. Weights: kernel
/// (n, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units) for b and b', or (3 units)
/// unless reset_after, each with z, r, g side by side. Throws ValueError unless units > 0.
class GRUCellLayer final : public OptionsLayer<GRUCellLayer, GRUCellOptions, GatedCell> {
 public:
  static constexpr std::string_view keras_name = "GRUCell";
  explicit GRUCellLayer(Options options = {}, LayerOptions common = {});

  Shape output_shape(const Shape& step) const override { return {step[0], options_.units}; }
  Shapes state_shapes(const Shape& step) const override { return {{step[0], options_.units}}; }
  std::shared_ptr<SequenceRun> run_over(Sequence sequence, Context& context) const override;

 private:
  void build_all(const Shapes& inputs) override;

  std::uint64_t seed_;
};

struct GRUOptions {
  /// The size of the state and of the output; required.
  Dim units = 0;
  Spec<ActivationFunction> activation = "tanh";
  Spec<ActivationFunction> recurrent_activation = "sigmoid";
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
  std::optional<Dim> seed = {};
  // As in RecurrentFlags.
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool reset_after = true;
  /// None is Keras's "auto"; true is refused, there being no cuDNN.
  std::optional<bool> use_cudnn = {};
  bool zero_output_for_mask = false;
  bool time_major = false;
  void describe(Fields& fields);
};

/// A GRUCell run over a sequence (keras.layers.GRU). Input (batch, steps, n); outputs, initial
/// states and masks as RecurrentLayer says; weights those of the cell.
class GRULayer final : public RecurrentOptionsLayer<GRULayer, GRUOptions> {
 public:
  static constexpr std::string_view keras_name = "GRU";
  explicit GRULayer(Options options = {}, LayerOptions common = {});
};

using GRUCell = Handle<GRUCellLayer>;
using GRU = Handle<GRULayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
