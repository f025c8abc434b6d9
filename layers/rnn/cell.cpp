#include "cell.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "../../framework/shape_json.hpp"
#include "stepwise_run.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// What a call of a FusedCell keeps.
struct OneStep {
  std::shared_ptr<SequenceRun> run;
};

/// `shape` with an axis of one step before it.
Shape as_step(Shape shape) {
  shape.insert(shape.begin(), 1);
  return shape;
}

}  // namespace

void copy_masked(const real* mask, std::size_t batch, std::size_t row, const real* from, real* to) {
  if (!mask) return;
  for (std::size_t b = 0; b < batch; ++b) {
    if (mask[b] != 0) continue;
    if (from) {
      std::copy_n(from + b * row, row, to + b * row);
    } else {
      std::fill_n(to + b * row, row, real{0});
    }
  }
}

Shapes Cell::compute_output_shapes(const Shapes& inputs) const {
  Shapes shapes = state_shapes(inputs[0]);
  shapes.insert(shapes.begin(), output_shape(inputs[0]));
  return shapes;
}

std::shared_ptr<SequenceRun> Cell::run_over(Sequence sequence, Context& context) const {
  return std::make_shared<StepwiseRun>(*this, std::move(sequence), context);
}

std::shared_ptr<SequenceRun> run_cell(const Cell& cell, Sequence sequence, Context& context) {
  return cell.activity_regularizer() ? cell.Cell::run_over(std::move(sequence), context)
                                     : cell.run_over(std::move(sequence), context);
}

void Cell::check_count(std::size_t inputs) const {
  const std::size_t states = state_shapes(build_shapes()[0]).size();
  if (inputs != 1 + states) {
    refuse("takes one input and ", states, states == 1 ? " state" : " states",
           ". Received: ", inputs, " tensors");
  }
}

void Cell::write_build_config(Json& json) const {
  json["input_shape"] = ShapeJson{build_shapes()[0]};
}

Tensors FusedCell::forward_all(TensorRefs inputs, Context& context) const {
  check_count(inputs.size());
  Sequence sequence{
      .x = reshaped(*inputs[0], as_step(shape_of(*inputs[0]))), .mask = {}, .states = {}};
  for (const Tensor* state : inputs.subspan(1)) sequence.states.push_back(*state);
  const auto run = run_over(std::move(sequence), context);
  Tensors outputs = run->final_states();
  Tensor output = empty(output_shape(shape_of(*inputs[0])));
  std::copy_n(run->outputs(), output.size(), output.data());
  outputs.insert(outputs.begin(), std::move(output));
  if (context.backward_follows()) context.save(OneStep{run});
  return outputs;
}

Tensors FusedCell::backward_all(Tensors output_gradients, Context& context) const {
  const Shape shape = shape_of(output_gradients[0]);
  Tensor gradient = reshaped(std::move(output_gradients[0]), as_step(shape));
  output_gradients.erase(output_gradients.begin());
  SequenceGradients gradients = context.saved<OneStep>().run->backward(
      std::move(gradient), std::move(output_gradients), context.wants_input_gradient(), context);
  if (context.wants_input_gradient())
    gradients.x = reshaped(std::move(gradients.x), shape_of(context.input()));
  gradients.states.insert(gradients.states.begin(), std::move(gradients.x));
  return std::move(gradients.states);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
