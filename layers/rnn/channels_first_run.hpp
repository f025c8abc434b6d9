#pragma once

#include <functional>
#include <memory>

#include "sequence_run.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A run over steps (batch, channels, spatial...) by one over steps with the channels last.
class ChannelsFirstRun final : public SequenceRun {
 public:
  using Start = std::function<std::shared_ptr<SequenceRun>(Sequence)>;
  /// `start` makes the run over the turned sequence.
  ChannelsFirstRun(Sequence sequence, const Start& start);
  const real* outputs() const override { return outputs_.data(); }
  Tensors final_states() const override;
  SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                             Context& context) override;

 private:
  std::shared_ptr<SequenceRun> run_;
  Tensor outputs_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
