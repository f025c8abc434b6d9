#include "gru_run.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {

GruRun::GruRun(const GatedCell& cell, How how, DropoutMasks masks, Sequence sequence)
    : SequenceRun(std::move(sequence)),
      cell_(cell),
      reset_after_(how.reset_after),
      state_(sequence_.states[0].size()),
      inner_width_(how.reset_after ? 3 * state_ : state_),
      gates_(how.activation, how.recurrent_activation, sequence_.batch(),
             sequence_.states[0].shape(1)),
      masks_(std::move(masks)) {
  const std::size_t steps = sequence_.steps(), batch = sequence_.batch();
  const std::size_t units = sequence_.states[0].shape(1);
  make_maps();
  h_ = empty({static_cast<Dim>((steps + 1) * state_)});
  x_ = empty({static_cast<Dim>(3 * steps * state_)});
  inner_ = empty({static_cast<Dim>(steps * inner_width_)});
  std::copy_n(sequence_.states[0].data(), state_, h_.data());
  input_->apply(steps, sequence_.x.data(), false, x_.data());
  for (std::size_t t = 0; t < steps; ++t) {
    real *const h = h_.data() + t * state_, *const x = x_.data() + 3 * t * state_;
    real* const inner = inner_.data() + t * inner_width_;
    if (reset_after_) {
      recurrent_->apply(1, h, false, inner);
      gates_.after(x, inner, h, h + state_);
    } else {
      recurrent_->apply(1, h, true, x);
      gates_.reset(x, h, inner);
      candidate_->apply(1, inner, true, x);
      gates_.mix(x, h, h + state_);
    }
    copy_masked(sequence_.mask_at(t), batch, units, h, h + state_);
  }
}

void GruRun::make_maps() {
  const Tensor& kernel = cell_.kernel().value();
  const Tensor& recurrent = cell_.recurrent_kernel().value();
  const real* const bias = cell_.bias() ? cell_.bias()->value().data() : nullptr;
  const std::size_t batch = sequence_.batch();
  input_ = std::make_unique<DenseGates>(kernel, bias, GateRange{3, 0, 3}, batch, masks_.input);
  if (reset_after_) {
    // The second row of the bias is the recurrent product's.
    const real* const second = bias ? bias + kernel.shape(1) : nullptr;
    recurrent_ = std::make_unique<DenseGates>(recurrent, second, GateRange{3, 0, 3}, batch,
                                              masks_.recurrent);
    return;
  }
  if (masks_.recurrent.dimension() > 0) {
    const Shape shape = shape_of(masks_.recurrent);
    Tensor gates = empty({2, shape[1], shape[2]});
    candidate_mask_ = empty({1, shape[1], shape[2]});
    std::copy_n(masks_.recurrent.data(), gates.size(), gates.data());
    std::copy_n(masks_.recurrent.data() + gates.size(), candidate_mask_.size(),
                candidate_mask_.data());
    masks_.recurrent = std::move(gates);
  }
  recurrent_ =
      std::make_unique<DenseGates>(recurrent, nullptr, GateRange{3, 0, 2}, batch, masks_.recurrent);
  candidate_ =
      std::make_unique<DenseGates>(recurrent, nullptr, GateRange{3, 2, 1}, batch, candidate_mask_);
}

Tensors GruRun::final_states() const {
  Tensors states;
  Tensor& last = states.emplace_back(empty(shape_of(sequence_.states[0])));
  std::copy_n(h_.data() + sequence_.steps() * state_, state_, last.data());
  return states;
}

void GruRun::step_backward(std::size_t t, real* dh) {
  real* const x = x_.data() + 3 * t * state_;
  real* const inner = inner_.data() + t * inner_width_;
  const real* const h = h_.data() + t * state_;
  const real* const mask = sequence_.mask_at(t);
  const std::size_t batch = sequence_.batch(), row = batch == 0 ? 0 : 3 * state_ / batch;
  if (reset_after_) {
    gates_.after_backward(x, inner, h, dh);
    copy_masked(mask, batch, row, nullptr, x);
    copy_masked(mask, batch, row, nullptr, inner);
    return recurrent_->gradient(1, inner, true, dh);
  }
  const Tensor to_z = gates_.mix_backward(x, h, dh);
  Tensor to_reset_state = empty({static_cast<Dim>(state_)});
  candidate_->gradient(1, x, false, to_reset_state.data());
  gates_.reset_backward(x, to_z, h, to_reset_state.data(), dh);
  copy_masked(mask, batch, row, nullptr, x);
  recurrent_->gradient(1, x, true, dh);
}

SequenceGradients GruRun::backward(Tensor output_gradients, Tensors state_gradients, bool wants_x,
                                   Context& context) {
  const std::size_t batch = sequence_.batch(), row = batch == 0 ? 0 : state_ / batch;
  Tensor& dh = state_gradients[0];
  for (std::size_t t = sequence_.steps(); t-- > 0;) {
    // Where a step is masked, what comes from later goes on to the state before it.
    Tensor kept;
    if (sequence_.mask) kept = dh;
    const real* const from_output = output_gradients.data() + t * state_;
    for (std::size_t k = 0; k < state_; ++k) dh.data()[k] += from_output[k];
    step_backward(t, dh.data());
    copy_masked(sequence_.mask_at(t), batch, row, kept.data(), dh.data());
  }
  add_weight_gradients(context);
  SequenceGradients gradients{.x = {}, .states = std::move(state_gradients)};
  if (wants_x) {
    gradients.x = empty(shape_of(sequence_.x));
    input_->gradient(sequence_.steps(), x_.data(), false, gradients.x.data());
  }
  return gradients;
}

void GruRun::add_weight_gradients(Context& context) {
  const Parameter &kernel = cell_.kernel(), &recurrent = cell_.recurrent_kernel();
  const Parameter* const bias = cell_.bias();
  if (!context.wants(kernel)) return;
  const std::size_t steps = sequence_.steps();
  Tensor to_kernel = empty(shape_of(kernel.value()));
  Tensor to_recurrent = empty(shape_of(recurrent.value()));
  Tensor to_bias = bias ? empty(shape_of(bias->value())) : Tensor();
  input_->weight_gradients(steps, sequence_.x.data(), x_.data(), to_kernel.data(),
                           bias ? to_bias.data() : nullptr);
  if (reset_after_) {
    recurrent_->weight_gradients(steps, h_.data(), inner_.data(), to_recurrent.data(),
                                 bias ? to_bias.data() + kernel.value().shape(1) : nullptr);
  } else {
    recurrent_->weight_gradients(steps, h_.data(), x_.data(), to_recurrent.data(), nullptr);
    candidate_->weight_gradients(steps, inner_.data(), x_.data(), to_recurrent.data(), nullptr);
  }
  context.add_gradient(kernel, std::move(to_kernel));
  context.add_gradient(recurrent, std::move(to_recurrent));
  if (bias) context.add_gradient(*bias, std::move(to_bias));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
