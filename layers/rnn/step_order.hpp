#pragma once

#include "recurrent.hpp"

// From sequences as layers have them to the order of steps in which cells run, and back.
namespace keratin::inline KERATIN_VARIANT::layers {

/// (batch, steps, ...) or, if `time_major`, (steps, batch, ...), as (steps, batch, ...);
/// `reversed`: the last step first.
Tensor steps_first(const Tensor& sequence, bool time_major, bool reversed);
/// The way back, for `shape` (steps, batch, ...) of the steps at `steps`.
Tensor from_steps_first(const real* steps, const Shape& shape, bool time_major, bool reversed);

/// `sequence` with the steps, which lie along `axis`, in the opposite order.
Tensor flipped(const Tensor& sequence, std::size_t axis);

/// What outputs (steps, batch, ...) become under a mask (steps, batch): where it is 0, the output
/// of the step before, at first zeros; or zeros, if `zero`.
void mask_outputs(const Tensor& mask, bool zero, Tensor& outputs);
/// Turns the gradient of that into the gradient of the outputs.
void mask_output_gradients(const Tensor& mask, bool zero, Tensor& gradients);

}  // namespace keratin::inline KERATIN_VARIANT::layers
