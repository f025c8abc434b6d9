#pragma once

#include <memory>
#include <optional>

#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A sequence as cells see it: one step after the other, in the order of processing.
struct Sequence {
  /// (steps, batch, ...)
  Tensor x;
  /// (steps, batch), 1 where a step counts; none: all do.
  std::optional<Tensor> mask;
  /// The states at first, each (batch, ...).
  Tensors states;

  std::size_t steps() const { return x.shape(0); }
  std::size_t batch() const { return x.shape(1); }
  /// The mask of step t, (batch), or null.
  const real* mask_at(std::size_t t) const { return mask ? mask->data() + t * batch() : nullptr; }
};

struct SequenceGradients {
  Tensor x;  ///< empty where it was not wanted
  Tensors states;
};

/// One run of a cell over a sequence: computes when made, and is kept where a backward pass
/// follows. Where a step is masked for a sample, the sample's states stay as they were.
class SequenceRun {
 public:
  explicit SequenceRun(Sequence sequence) : sequence_(std::move(sequence)) {}
  SequenceRun(const SequenceRun&) = delete;
  SequenceRun& operator=(const SequenceRun&) = delete;
  virtual ~SequenceRun() = default;

  const Sequence& sequence() const { return sequence_; }
  /// (steps, batch, ...), as long as the run lives. Of no meaning where a step is masked.
  virtual const real* outputs() const = 0;
  virtual Tensors final_states() const = 0;

  /// Adds the gradients of the weights to `context`. The gradients of the outputs are zero where a
  /// step is masked. May be called once: it reuses memory of the forward pass.
  virtual SequenceGradients backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                                     Context& context) = 0;

 protected:
  Sequence sequence_;
};

/// For each of `batch` samples whose mask is 0, copies its row of `from` to `to`; without a mask
/// none. A null `from` stands for zeros.
void copy_masked(const real* mask, std::size_t batch, std::size_t row, const real* from, real* to);

}  // namespace keratin::inline KERATIN_VARIANT::layers
