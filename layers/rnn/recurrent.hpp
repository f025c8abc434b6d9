#pragma once

#include <deque>
#include <memory>

#include "cell.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// How a recurrent layer runs its cell.
struct RecurrentFlags {
  /// Whether the output has all steps, (batch, steps, ...), or the last one alone, (batch, ...).
  bool return_sequences = false;
  /// Whether the last states follow as further outputs.
  bool return_state = false;
  /// Whether the last step comes first; the outputs then are in that order.
  bool go_backwards = false;
  /// Whether each batch begins with the states that the last one ended with, sample by sample. The
  /// batch size must be fixed.
  bool stateful = false;
  /// Whether a masked step gives zeros, rather than the output before it.
  bool zero_output_for_mask = false;
  /// Whether sequences are (steps, batch, ...), as Keras 2 could have them.
  bool time_major = false;
};

/// A layer that runs a cell over sequences (keras.layers.RNN and those made from it).
///
/// Inputs: a sequence (batch, steps, ...) and, optionally, all the states to begin with (keyword
/// "initial_state"); otherwise they are zeros or, where stateful, those of the last batch. Outputs
/// as RecurrentFlags says. Where a step is masked for a sample, its states stay as they were, and
/// its output is the one before it, zeros before the first. The mask goes on with the sequence.
class RecurrentLayer : public Layer {
 public:
  using Layer::Layer;

  Cell& cell() const { return *cell_; }
  const RecurrentFlags& flags() const { return flags_; }
  /// Sets the argument of that name (Bidirectional does).
  virtual void set_zero_output_for_mask(bool zero) { flags_.zero_output_for_mask = zero; }

  Shapes compute_output_shapes(const Shapes& inputs) const final;
  Tensors forward_all(TensorRefs inputs, Context& context) const final;
  Tensors backward_all(Tensors output_gradients, Context& context) const final;
  bool is_stateful() const final { return flags_.stateful; }
  void reset_state() final;
  std::vector<Sublayer> sublayers() const override { return {{"cell", cell_.get()}}; }

 protected:
  /// To be called by the constructor, once.
  void set_cell(std::shared_ptr<Cell> cell, RecurrentFlags flags);
  void build_all(const Shapes& inputs) override;
  void write_build_config(Json& json) const override;

 private:
  /// A step's shape (batch, ...) in a sequence.
  Shape step_shape(const Shape& sequence) const;
  void check_states(const Shapes& inputs) const;
  Sequence sequence(TensorRefs inputs, Context& context) const;

  std::shared_ptr<Cell> cell_;
  RecurrentFlags flags_;
  // The states between batches: no weights, as files do not have them.
  mutable std::deque<Parameter> states_;
};

/// A recurrent layer with options.
template <class Derived, class Options>
class RecurrentOptionsLayer : public OptionsLayer<Derived, Options, RecurrentLayer> {
 public:
  using OptionsLayer<Derived, Options, RecurrentLayer>::OptionsLayer;
  void set_zero_output_for_mask(bool zero) final {
    this->options_.zero_output_for_mask = zero;
    RecurrentLayer::set_zero_output_for_mask(zero);
  }
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
