#include "stepwise_run.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Step t of `steps`, (steps, batch, ...), as a tensor.
Tensor slice(const Tensor& steps, std::size_t t) {
  const Shape shape = shape_of(steps);
  Tensor one = empty(Shape(shape.begin() + 1, shape.end()));
  std::copy_n(steps.data() + t * one.size(), one.size(), one.data());
  return one;
}

/// The elements of each sample in a tensor (batch, ...).
std::size_t row_of(const Tensor& tensor, std::size_t batch) {
  return batch == 0 ? 0 : tensor.size() / batch;
}

}  // namespace

StepwiseRun::StepwiseRun(const Cell& cell, Sequence sequence, Context& context)
    : SequenceRun(std::move(sequence)), cell_(cell) {
  const Shape x = shape_of(sequence_.x);
  Shape shape = cell.output_shape(Shape(x.begin() + 1, x.end()));
  shape.insert(shape.begin(), x[0]);
  outputs_ = empty(shape);
  states_.push_back(std::move(sequence_.states));
  for (std::size_t t = 0; t < sequence_.steps(); ++t) {
    if (context.backward_follows()) {
      step(t, context.child(t));
      continue;
    }
    step(t, *context.passing_child(t));
    inputs_.pop_front();
    states_.pop_front();
  }
}

void StepwiseRun::step(std::size_t t, Context& call) {
  const Tensors& before = states_.back();
  std::vector<const Tensor*> inputs{&inputs_.emplace_back(slice(sequence_.x, t))};
  for (const Tensor& state : before) inputs.push_back(&state);
  const TensorRefs results = call.run(cell_, inputs);
  if (results.size() != 1 + before.size()) {
    cell_.refuse("gave ", results.size(), " outputs; expected the output and ", before.size(),
                 " states");
  }
  std::copy_n(results[0]->data(), results[0]->size(), outputs_.data() + t * results[0]->size());
  Tensors after;
  for (std::size_t k = 0; k < before.size(); ++k) {
    Tensor& state = after.emplace_back(*results[k + 1]);
    copy_masked(sequence_.mask_at(t), sequence_.batch(), row_of(state, sequence_.batch()),
                before[k].data(), state.data());
  }
  states_.push_back(std::move(after));
}

Tensors StepwiseRun::final_states() const { return states_.back(); }

SequenceGradients StepwiseRun::backward(Tensor output_gradients, Tensors state_gradients,
                                        bool wants_x, Context& context) {
  const std::size_t batch = sequence_.batch();
  SequenceGradients result;
  if (wants_x) result.x = empty(shape_of(sequence_.x));
  for (std::size_t t = sequence_.steps(); t-- > 0;) {
    const real* const mask = sequence_.mask_at(t);
    Tensors gradients;
    gradients.push_back(slice(output_gradients, t));
    for (const Tensor& state : state_gradients) {
      copy_masked(mask, batch, row_of(state, batch), nullptr, gradients.emplace_back(state).data());
    }
    Tensors before = context.child(t).run_backward(std::move(gradients));
    if (wants_x)
      std::copy_n(before[0].data(), before[0].size(), result.x.data() + t * before[0].size());
    for (std::size_t k = 0; k < state_gradients.size(); ++k) {
      copy_masked(mask, batch, row_of(before[k + 1], batch), state_gradients[k].data(),
                  before[k + 1].data());
      state_gradients[k] = std::move(before[k + 1]);
    }
  }
  result.states = std::move(state_gradients);
  return result;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
