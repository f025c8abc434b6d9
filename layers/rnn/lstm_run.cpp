#include "lstm_run.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {

LstmRun::LstmRun(const GatedCell& cell, std::unique_ptr<Maps> maps,
                 const Spec<ActivationFunction>& activation,
                 const Spec<ActivationFunction>& recurrent_activation, std::size_t units,
                 Sequence sequence)
    : SequenceRun(std::move(sequence)),
      cell_(cell),
      maps_(std::move(maps)),
      state_(sequence_.states[0].size()),
      gates_(activation, recurrent_activation, state_ / units, units) {
  const std::size_t steps = sequence_.steps(), batch = sequence_.batch();
  const auto all = static_cast<Dim>(steps * state_), one = static_cast<Dim>(state_);
  h_ = empty({all + one});
  c_ = empty({all + one});
  z_ = empty({4 * all});
  std::copy_n(sequence_.states[0].data(), state_, h_.data());
  std::copy_n(sequence_.states[1].data(), state_, c_.data());
  maps_->input->apply(steps, sequence_.x.data(), false, z_.data());
  const std::size_t row = batch == 0 ? 0 : state_ / batch;
  for (std::size_t t = 0; t < steps; ++t) {
    real *const h = h_.data() + t * state_, *const c = c_.data() + t * state_;
    real* const z = z_.data() + 4 * t * state_;
    maps_->recurrent->apply(1, h, true, z);
    gates_.forward(z, c, c + state_, h + state_);
    copy_masked(sequence_.mask_at(t), batch, row, h, h + state_);
    copy_masked(sequence_.mask_at(t), batch, row, c, c + state_);
  }
}

Tensors LstmRun::final_states() const {
  Tensors states;
  for (const Tensor* all : {&h_, &c_}) {
    Tensor& last = states.emplace_back(empty(shape_of(sequence_.states[states.size()])));
    std::copy_n(all->data() + sequence_.steps() * state_, state_, last.data());
  }
  return states;
}

SequenceGradients LstmRun::backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                                    Context& context) {
  const std::size_t steps = sequence_.steps(), batch = sequence_.batch();
  const std::size_t row = batch == 0 ? 0 : state_ / batch;
  Tensor &dh = state_gradients[0], &dc = state_gradients[1];
  for (std::size_t t = steps; t-- > 0;) {
    const real* const mask = sequence_.mask_at(t);
    // Where a step is masked, what comes from later goes on to the states before it.
    Tensor kept_dh, kept_dc;
    if (mask) {
      kept_dh = dh;
      kept_dc = dc;
    }
    const real* const from_output = output_gradients.data() + t * state_;
    for (std::size_t k = 0; k < state_; ++k) dh.data()[k] += from_output[k];
    real* const z = z_.data() + 4 * t * state_;
    const real* const c = c_.data() + t * state_;
    gates_.backward(z, c, c + state_, dh.data(), dc.data());
    copy_masked(mask, batch, 4 * row, nullptr, z);
    maps_->recurrent->gradient(1, z, false, dh.data());
    copy_masked(mask, batch, row, kept_dh.data(), dh.data());
    copy_masked(mask, batch, row, kept_dc.data(), dc.data());
  }
  add_weight_gradients(context);
  SequenceGradients gradients{.x = {}, .states = std::move(state_gradients)};
  if (wants_x) {
    gradients.x = empty(shape_of(sequence_.x));
    maps_->input->gradient(steps, z_.data(), false, gradients.x.data());
  }
  return gradients;
}

void LstmRun::add_weight_gradients(Context& context) {
  const Parameter *const kernel = &cell_.kernel(), *const recurrent = &cell_.recurrent_kernel();
  const Parameter* const bias = cell_.bias();
  const auto gradient_of = [](const Parameter& weight) { return empty(shape_of(weight.value())); };
  if (context.wants(*kernel)) {
    Tensor to_kernel = gradient_of(*kernel);
    Tensor to_bias = bias ? gradient_of(*bias) : Tensor();
    maps_->input->weight_gradients(sequence_.steps(), sequence_.x.data(), z_.data(),
                                   to_kernel.data(), bias ? to_bias.data() : nullptr);
    context.add_gradient(*kernel, std::move(to_kernel));
    if (bias) context.add_gradient(*bias, std::move(to_bias));
  }
  if (context.wants(*recurrent)) {
    Tensor to_recurrent = gradient_of(*recurrent);
    maps_->recurrent->weight_gradients(sequence_.steps(), h_.data(), z_.data(), to_recurrent.data(),
                                       nullptr);
    context.add_gradient(*recurrent, std::move(to_recurrent));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
