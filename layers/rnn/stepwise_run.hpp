#pragma once

#include <deque>
#include <vector>

#include "cell.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A run of any cell: one call for each step, in the context's child of that number.
class StepwiseRun final : public SequenceRun {
 public:
  StepwiseRun(const Cell& cell, Sequence sequence, Context& context);
  const real* outputs() const override { return outputs_.data(); }
  Tensors final_states() const override;
  SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                             Context& context) override;

 private:
  /// Calls the cell for step t.
  void step(std::size_t t, Context& call);

  const Cell& cell_;
  Tensor outputs_;
  // Calls refer to their inputs, which therefore stay: the input of each step, and the states
  // before it with those after the last step behind.
  std::deque<Tensor> inputs_;
  std::deque<Tensors> states_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
