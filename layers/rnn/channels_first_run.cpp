#include "channels_first_run.hpp"

#include <algorithm>

#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// `tensor` (batch, channels, spatial...) with the channels last.
Tensor channels_last(const Tensor& tensor) {
  Shape shape = shape_of(tensor);
  std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  const ChannelsLast turned(tensor, DataFormat::channels_first);
  Tensor result = empty(shape);
  std::copy_n(turned.data(), result.size(), result.data());
  return result;
}

Tensor channels_first(Tensor tensor) {
  return from_channels_last(std::move(tensor), DataFormat::channels_first);
}

/// Calls `turn` on steps (steps, batch, ...) as on one large batch.
template <class Turn>
Tensor all_steps(const Tensor& steps, const Turn& turn) {
  const Shape shape = shape_of(steps);
  Shape merged(shape.begin() + 1, shape.end());
  merged[0] *= shape[0];
  Tensor turned = turn(reshaped(steps, merged));
  Shape result = shape_of(turned);
  result[0] = shape[1];
  result.insert(result.begin(), shape[0]);
  return reshaped(std::move(turned), result);
}

Tensors each(Tensors tensors, Tensor (*turn)(Tensor)) {
  for (Tensor& tensor : tensors) tensor = turn(std::move(tensor));
  return tensors;
}

}  // namespace

ChannelsFirstRun::ChannelsFirstRun(Sequence sequence, const Start& start)
    : SequenceRun({.x = {}, .mask = sequence.mask, .states = {}}) {
  Sequence turned{.x = all_steps(sequence.x, channels_last), .mask = sequence.mask, .states = {}};
  for (const Tensor& state : sequence.states) turned.states.push_back(channels_last(state));
  Shape shape = shape_of(turned.states[0]);
  shape.insert(shape.begin(), static_cast<Dim>(turned.steps()));
  run_ = start(std::move(turned));
  Tensor outputs = empty(shape);
  std::copy_n(run_->outputs(), outputs.size(), outputs.data());
  outputs_ = all_steps(outputs, channels_first);
}

Tensors ChannelsFirstRun::final_states() const {
  return each(run_->final_states(), channels_first);
}

SequenceGradients ChannelsFirstRun::backward(Tensor output_gradients, Tensors state_gradients,
                                             bool wants_x, Context& context) {
  for (Tensor& gradient : state_gradients) gradient = channels_last(gradient);
  SequenceGradients gradients = run_->backward(all_steps(output_gradients, channels_last),
                                               std::move(state_gradients), wants_x, context);
  if (wants_x) gradients.x = all_steps(gradients.x, channels_first);
  gradients.states = each(std::move(gradients.states), channels_first);
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
