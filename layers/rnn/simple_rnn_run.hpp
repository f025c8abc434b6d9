#pragma once

#include "../../framework/activation.hpp"
#include "gate_map.hpp"
#include "gated_cell.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A run of a SimpleRNN.
class SimpleRnnRun final : public SequenceRun {
 public:
  SimpleRnnRun(const GatedCell& cell, const Spec<ActivationFunction>& activation,
               DropoutMasks masks, Sequence sequence);
  const real* outputs() const override { return h_.data() + state_; }
  Tensors final_states() const override;
  SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                             Context& context) override;

 private:
  void add_weight_gradients(Context& context);

  const GatedCell& cell_;
  const Spec<ActivationFunction>& activation_;
  std::size_t state_;  // elements of the state of the whole batch
  DropoutMasks masks_;
  DenseGates input_, recurrent_;
  Tensor h_;  // (steps + 1, batch, units): the states before each step, and the last
  Tensor z_;  // (steps, batch, units): pre-activations
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
