#pragma once

#include <memory>

#include "gate_map.hpp"
#include "gated_cell.hpp"
#include "gru_gates.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A run of a GRU, with the reset gate after or before the product.
class GruRun final : public SequenceRun {
 public:
  struct How {
    const Spec<ActivationFunction>& activation;
    const Spec<ActivationFunction>& recurrent_activation;
    bool reset_after;
  };
  GruRun(const GatedCell& cell, How how, DropoutMasks masks, Sequence sequence);
  const real* outputs() const override { return h_.data() + state_; }
  Tensors final_states() const override;
  SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                             Context& context) override;

 private:
  void make_maps();
  /// Step t backward, but for masks: dh becomes the gradient of the state before.
  void step_backward(std::size_t t, real* dh);
  void add_weight_gradients(Context& context);

  const GatedCell& cell_;
  bool reset_after_;
  std::size_t state_, inner_width_;  // elements of a step, of the whole batch
  GruGates gates_;
  DropoutMasks masks_;
  Tensor candidate_mask_;
  /// From the state: to all gates or, with the reset before, to z and r, and on from the reset
  /// state.
  std::unique_ptr<GateMap> input_, recurrent_, candidate_;
  Tensor h_;      // (steps + 1, batch, units): the states before each step, and the last
  Tensor x_;      // (steps, batch, 3 units)
  Tensor inner_;  // (steps, batch, 3 units) or, with the reset before, the reset states
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
