#include "recurrent.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/shape_json.hpp"
#include "step_order.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct Run {
  std::shared_ptr<SequenceRun> run;
  Shape outputs;  // (steps, batch, ...)
};

}  // namespace

void RecurrentLayer::set_cell(std::shared_ptr<Cell> cell, RecurrentFlags flags) {
  cell_ = std::move(cell);
  flags_ = flags;
  if (!trainable()) cell_->set_trainable(false);
}

Shape RecurrentLayer::step_shape(const Shape& sequence) const {
  if (sequence.size() < 3) {
    throw ShapeError(concat(label(), ": takes a sequence of at least rank 3, (batch, steps, ...). ",
                            "Received: ", tuple_text(sequence)));
  }
  Shape step = sequence;
  step.erase(step.begin() + (flags_.time_major ? 0 : 1));
  return step;
}

void RecurrentLayer::check_states(const Shapes& inputs) const {
  if (inputs.size() == 1) return;
  const Shapes expected = cell_->state_shapes(step_shape(inputs[0]));
  const Shapes received(inputs.begin() + 1, inputs.end());
  bool fit = received.size() == expected.size();
  for (std::size_t k = 0; fit && k < expected.size(); ++k) {
    fit = received[k].size() == expected[k].size();
    for (std::size_t axis = 0; fit && axis < expected[k].size(); ++axis) {
      fit = received[k][axis] == expected[k][axis] || received[k][axis] == unknown ||
            expected[k][axis] == unknown;
    }
  }
  if (fit) return;
  throw ShapeError(concat(label(), ": An `initial_state` was passed that is not compatible with ",
                          "`cell.state_size`. Expected ", tuple_text(expected),
                          ". Received: ", tuple_text(received)));
}

void RecurrentLayer::build_all(const Shapes& inputs) {
  check_inputs(Shapes{inputs[0]});
  const Shape step = step_shape(inputs[0]);
  if (!cell_->built()) cell_->build({step});
  check_states(inputs);
  InputSpec spec{.ndim = inputs[0].size()};
  for (std::size_t axis = 2; axis < inputs[0].size(); ++axis)
    spec.axes.emplace_back(static_cast<int>(axis), inputs[0][axis]);
  if (flags_.stateful) {
    if (step[0] == unknown) {
      refuse("When using `stateful=True` in a RNN, the batch size must be static. Found dynamic ",
             "batch size: sequence.shape=", tuple_text(inputs[0]));
    }
    spec.axes.emplace_back(flags_.time_major ? 1 : 0, step[0]);
    for (const Shape& shape : cell_->state_shapes(step)) {
      states_.emplace_back(ParameterOptions{.name = "rnn_state", .trainable = false},
                           name() + "/rnn_state", zeros(shape));
    }
  }
  set_input_spec(std::move(spec));
}

void RecurrentLayer::write_build_config(Json& json) const {
  const Shapes& shapes = build_shapes();
  if (shapes.size() == 1) return Layer::write_build_config(json);
  Json& given = json["shapes_dict"];
  given["sequences_shape"] = ShapeJson{shapes[0]};
  given["initial_state_shape"] = Json::array();
  for (std::size_t i = 1; i < shapes.size(); ++i)
    given["initial_state_shape"].push_back(ShapeJson{shapes[i]});
  if (shapes.size() == 2) given["initial_state_shape"] = Json(given["initial_state_shape"][0]);
}

Shapes RecurrentLayer::compute_output_shapes(const Shapes& inputs) const {
  const Shape step = step_shape(inputs[0]);
  Shape output = cell_->output_shape(step);
  if (flags_.return_sequences) {
    const int place = flags_.time_major ? 0 : 1;
    output.insert(output.begin() + place, inputs[0][static_cast<std::size_t>(place)]);
  }
  Shapes shapes{output};
  if (flags_.return_state) {
    const Shapes states = cell_->state_shapes(step);
    shapes.insert(shapes.end(), states.begin(), states.end());
  }
  return shapes;
}

void RecurrentLayer::reset_state() {
  for (Parameter& state : states_) state.assign(zeros(shape_of(state.value())));
}

Sequence RecurrentLayer::sequence(TensorRefs inputs, Context& context) const {
  Shapes shapes;
  for (const Tensor* input : inputs) shapes.push_back(shape_of(*input));
  check_states(shapes);
  Sequence made{.x = steps_first(*inputs[0], flags_.time_major, flags_.go_backwards),
                .mask = {},
                .states = {}};
  if (const Tensor* mask = context.mask()) {
    const Shape expected{shapes[0][0], shapes[0][1]};
    if (mask->size() != inputs[0]->shape(0) * inputs[0]->shape(1) || mask->dimension() < 2) {
      throw ShapeError(concat(label(), ": the mask must have the shape ", tuple_text(expected),
                              ". Received: ", tuple_text(shape_of(*mask))));
    }
    made.mask = steps_first(reshaped(*mask, expected), flags_.time_major, flags_.go_backwards);
  }
  for (const Tensor* state : inputs.subspan(1)) made.states.push_back(*state);
  if (!made.states.empty()) return made;
  if (flags_.stateful) {
    for (Parameter& state : states_) made.states.push_back(context.current(state));
  } else {
    for (const Shape& shape : cell_->state_shapes(step_shape(shapes[0])))
      made.states.push_back(zeros(shape));
  }
  return made;
}

Tensors RecurrentLayer::forward_all(TensorRefs inputs, Context& context) const {
  Context& inner = context.child(0);
  Sequence steps = sequence(inputs, context);
  Shape shape = cell_->output_shape(step_shape(shape_of(*inputs[0])));
  shape.insert(shape.begin(), static_cast<Dim>(steps.steps()));
  const auto run = run_cell(*cell_, std::move(steps), inner);
  const real* outputs = run->outputs();
  Tensor masked;
  if (const auto& mask = run->sequence().mask) {
    masked = empty(shape);
    std::copy_n(outputs, masked.size(), masked.data());
    mask_outputs(*mask, flags_.zero_output_for_mask, masked);
    outputs = masked.data();
  }
  Tensors results;
  if (flags_.return_sequences) {
    results.push_back(from_steps_first(outputs, shape, flags_.time_major, false));
    if (const Tensor* mask = context.mask()) context.set_output_mask(*mask);
  } else {
    Tensor& last = results.emplace_back(zeros(Shape(shape.begin() + 1, shape.end())));
    if (shape[0] > 0) std::copy_n(outputs + (shape[0] - 1) * last.size(), last.size(), last.data());
  }
  Tensors states = run->final_states();
  if (flags_.stateful) {
    for (std::size_t k = 0; k < states.size(); ++k) context.update(states_[k], states[k]);
  }
  if (flags_.return_state) std::ranges::move(states, std::back_inserter(results));
  if (context.backward_follows()) context.save(Run{run, shape});
  return results;
}

Tensors RecurrentLayer::backward_all(Tensors output_gradients, Context& context) const {
  const auto& [run, shape] = context.saved<Run>();
  Tensor outputs;
  if (flags_.return_sequences) {
    outputs = steps_first(output_gradients[0], flags_.time_major, false);
  } else {
    outputs = zeros(shape);
    const std::size_t step = output_gradients[0].size();
    if (shape[0] > 0)
      std::copy_n(output_gradients[0].data(), step, outputs.data() + (shape[0] - 1) * step);
  }
  if (const auto& mask = run->sequence().mask)
    mask_output_gradients(*mask, flags_.zero_output_for_mask, outputs);
  Tensors states;
  if (flags_.return_state) {
    states.assign(std::make_move_iterator(output_gradients.begin() + 1),
                  std::make_move_iterator(output_gradients.end()));
  } else {
    for (const Shape& state : cell_->state_shapes(step_shape(shape_of(context.input()))))
      states.push_back(zeros(state));
  }
  const bool wants_x = context.wants_input_gradient();
  SequenceGradients gradients =
      run->backward(std::move(outputs), std::move(states), wants_x, context.child(0));
  Tensors results;
  results.push_back(wants_x ? from_steps_first(gradients.x.data(), shape_of(gradients.x),
                                               flags_.time_major, flags_.go_backwards)
                            : Tensor());
  if (context.inputs().size() > 1) std::ranges::move(gradients.states, std::back_inserter(results));
  return results;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
