#pragma once

#include <memory>

#include "gate_map.hpp"
#include "gated_cell.hpp"
#include "lstm_gates.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A run of an LSTM, whatever its maps are: products, or convolutions whose places are rows.
class LstmRun final : public SequenceRun {
 public:
  /// The maps of a run, with the dropout that they refer to.
  struct Maps {
    DropoutMasks masks;
    std::unique_ptr<GateMap> input, recurrent;
  };
  /// `units` is the size of a row of states.
  LstmRun(const GatedCell& cell, std::unique_ptr<Maps> maps,
          const Spec<ActivationFunction>& activation,
          const Spec<ActivationFunction>& recurrent_activation, std::size_t units,
          Sequence sequence);
  const real* outputs() const override { return h_.data() + state_; }
  Tensors final_states() const override;
  SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                             Context& context) override;

 private:
  void add_weight_gradients(Context& context);

  const GatedCell& cell_;
  std::unique_ptr<Maps> maps_;
  std::size_t state_;  // elements of a state of the whole batch
  LstmGates gates_;
  Tensor h_, c_;  // (steps + 1, batch, ...): the states before each step, and the last
  Tensor z_;      // (steps, batch, ..., 4 gates)
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
