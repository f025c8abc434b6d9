#include "simple_rnn_run.hpp"

#include <algorithm>

#include "gate_activation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

SimpleRnnRun::SimpleRnnRun(const GatedCell& cell, const Spec<ActivationFunction>& activation,
                           DropoutMasks masks, Sequence sequence)
    : SequenceRun(std::move(sequence)),
      cell_(cell),
      activation_(activation),
      state_(sequence_.states[0].size()),
      masks_(std::move(masks)),
      input_(cell.kernel().value(), cell.bias() ? cell.bias()->value().data() : nullptr, {1, 0, 1},
             sequence_.batch(), masks_.input),
      recurrent_(cell.recurrent_kernel().value(), nullptr, {1, 0, 1}, sequence_.batch(),
                 masks_.recurrent) {
  const std::size_t steps = sequence_.steps(), batch = sequence_.batch();
  const std::size_t units = sequence_.states[0].shape(1);
  const GateActivation activate(activation_, batch, units);
  h_ = empty({static_cast<Dim>((steps + 1) * state_)});
  z_ = empty({static_cast<Dim>(steps * state_)});
  std::copy_n(sequence_.states[0].data(), state_, h_.data());
  input_.apply(steps, sequence_.x.data(), false, z_.data());
  for (std::size_t t = 0; t < steps; ++t) {
    real *const h = h_.data() + t * state_, *const z = z_.data() + t * state_;
    recurrent_.apply(1, h, true, z);
    activate.put(activate.forward(z, units), h + state_, units);
    copy_masked(sequence_.mask_at(t), batch, units, h, h + state_);
  }
}

Tensors SimpleRnnRun::final_states() const {
  Tensors states;
  Tensor& last = states.emplace_back(empty(shape_of(sequence_.states[0])));
  std::copy_n(h_.data() + sequence_.steps() * state_, state_, last.data());
  return states;
}

SequenceGradients SimpleRnnRun::backward(Tensor output_gradients, Tensors state_gradients,
                                         bool wants_x, Context& context) {
  const std::size_t steps = sequence_.steps(), batch = sequence_.batch();
  const std::size_t units = sequence_.states[0].shape(1);
  const GateActivation activate(activation_, batch, units);
  Tensor& dh = state_gradients[0];
  for (std::size_t t = steps; t-- > 0;) {
    const real* const mask = sequence_.mask_at(t);
    // Where a step is masked, what comes from later goes on to the state before it.
    Tensor kept;
    if (mask) kept = dh;
    const real* const from_output = output_gradients.data() + t * state_;
    for (std::size_t k = 0; k < state_; ++k) dh.data()[k] += from_output[k];
    real* const z = z_.data() + t * state_;
    const Tensor y = activate.columns(h_.data() + (t + 1) * state_, units);
    activate.put(activate.backward(z, units, y, activate.columns(dh.data(), units)), z, units);
    copy_masked(mask, batch, units, nullptr, z);
    recurrent_.gradient(1, z, false, dh.data());
    copy_masked(mask, batch, units, kept.data(), dh.data());
  }
  add_weight_gradients(context);
  SequenceGradients gradients{.x = {}, .states = std::move(state_gradients)};
  if (wants_x) {
    gradients.x = empty(shape_of(sequence_.x));
    input_.gradient(steps, z_.data(), false, gradients.x.data());
  }
  return gradients;
}

void SimpleRnnRun::add_weight_gradients(Context& context) {
  const Parameter &kernel = cell_.kernel(), &recurrent = cell_.recurrent_kernel();
  const Parameter* const bias = cell_.bias();
  if (!context.wants(kernel)) return;
  Tensor to_kernel = empty(shape_of(kernel.value()));
  Tensor to_recurrent = empty(shape_of(recurrent.value()));
  Tensor to_bias = bias ? empty(shape_of(bias->value())) : Tensor();
  input_.weight_gradients(sequence_.steps(), sequence_.x.data(), z_.data(), to_kernel.data(),
                          bias ? to_bias.data() : nullptr);
  recurrent_.weight_gradients(sequence_.steps(), h_.data(), z_.data(), to_recurrent.data(),
                              nullptr);
  context.add_gradient(kernel, std::move(to_kernel));
  context.add_gradient(recurrent, std::move(to_recurrent));
  if (bias) context.add_gradient(*bias, std::move(to_bias));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
