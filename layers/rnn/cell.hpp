#pragma once

#include <cstdint>

#include "sequence_run.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A layer for one step of a sequence: from an input and states to an output and new states. Its
/// inputs are x (batch, ...) and the states, its outputs the output and the new states.
///
/// A cell of a program's own derives from OptionsLayer<MyCell, MyOptions, Cell>, names the shapes
/// and overrides forward_all and backward_all; RNN then calls it step by step.
class Cell : public Layer {
 public:
  using Layer::Layer;

  /// The shapes of output and states for a step's input (batch, ...).
  virtual Shape output_shape(const Shape& step) const = 0;
  virtual Shapes state_shapes(const Shape& step) const = 0;
  Shapes compute_output_shapes(const Shapes& inputs) const final;

  /// Runs over a sequence. What is random in training is drawn from `context`; built-in cells draw
  /// their dropout once for the sequence.
  virtual std::shared_ptr<SequenceRun> run_over(Sequence sequence, Context& context) const;

 protected:
  /// Refuses calls that do not have one input and all states.
  void check_count(std::size_t inputs) const;
  /// Of the input alone, as Keras builds cells.
  void write_build_config(Json& json) const override;
};

/// Runs `cell` over a sequence: by run_over() or, where a penalty on what it gives counts at every
/// step, by calls.
std::shared_ptr<SequenceRun> run_cell(const Cell& cell, Sequence sequence, Context& context);

/// A cell with a loop of its own: a call is a run over one step.
class FusedCell : public Cell {
 public:
  using Cell::Cell;
  Tensors forward_all(TensorRefs inputs, Context& context) const final;
  Tensors backward_all(Tensors output_gradients, Context& context) const final;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
