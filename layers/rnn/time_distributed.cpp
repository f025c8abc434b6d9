#include "time_distributed.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "../../framework/fields_impl.hpp"
#include "../../framework/function.hpp"
#include "step_order.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The calls that were made, and what they refer to: one for all steps, or one for each.
struct Calls {
  std::deque<Tensor> inputs, masks;
};

/// Whether `layer` does to a sample the same whatever else is in the batch.
bool treats_samples_alone(const Layer& layer, bool training) {
  // What a layer of the program's own does, nobody knows.
  if (layer.registered_name().find('>') != std::string::npos || layer.is_stateful()) return false;
  if (training && std::ranges::any_of(layer.own_weights(), [](const Parameter& weight) {
        return !weight.is_trainable_kind();  // statistics
      })) {
    return false;
  }
  if (const auto* function = dynamic_cast<const Function*>(&layer); function && function->graph()) {
    for (const SymbolicTensor& input : function->graph()->inputs())
      if (input.shape()[0] != unknown) return false;
  }
  const auto inner = layer.sublayers();
  return std::ranges::all_of(
      inner, [=](const Sublayer& s) { return treats_samples_alone(*s.layer, training); });
}

/// `tensor` with its first two axes as one, or with `shape` in their place.
Tensor with_front(const Tensor& tensor, const Shape& front, std::size_t axes) {
  Shape shape = front;
  const Shape old = shape_of(tensor);
  shape.insert(shape.end(), old.begin() + static_cast<std::ptrdiff_t>(axes), old.end());
  return reshaped(tensor, shape);
}

/// Step t of a sequence with steps first.
Tensor step_of(const Tensor& steps, std::size_t t) {
  const Shape shape = shape_of(steps);
  Tensor step = empty(Shape(shape.begin() + 1, shape.end()));
  std::copy_n(steps.data() + t * step.size(), step.size(), step.data());
  return step;
}

/// Puts the steps, each (batch, ...), together as (batch, steps, ...).
class Collector {
 public:
  explicit Collector(std::size_t steps) : steps_(steps) {}
  void add(std::size_t t, const Tensor& step) {
    if (!all_) {
      shape_ = shape_of(step);
      shape_.insert(shape_.begin(), static_cast<Dim>(steps_));
      all_ = empty(shape_);
    }
    std::copy_n(step.data(), step.size(), all_->data() + t * step.size());
  }
  Tensor take() const { return from_steps_first(all_->data(), shape_, false, false); }

 private:
  std::size_t steps_;
  Shape shape_;
  std::optional<Tensor> all_;
};

}  // namespace

void TimeDistributedOptions::describe(Fields& fields) { fields("layer", layer); }

TimeDistributedLayer::TimeDistributedLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (!options_.layer) {
    refuse("Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. ",
           "Received: None");
  }
  if (!trainable()) layer().set_trainable(false);
}

Shape TimeDistributedLayer::step_shape(const Shape& sequence) const {
  if (sequence.size() < 3) {
    throw ShapeError(concat(label(), ": `TimeDistributed` Layer should be passed an `input_shape` ",
                            "with at least 3 dimensions, received: ", tuple_text(sequence)));
  }
  Shape step = sequence;
  step.erase(step.begin() + 1);
  return step;
}

void TimeDistributedLayer::build_all(const Shapes& inputs) {
  if (inputs.size() != 1) refuse("takes one input. Received: ", inputs.size(), " inputs");
  layer().build({step_shape(inputs[0])});
}

Shapes TimeDistributedLayer::compute_output_shapes(const Shapes& inputs) const {
  Shapes shapes = layer().compute_output_shapes({step_shape(inputs[0])});
  for (Shape& shape : shapes) shape.insert(shape.begin() + 1, inputs[0][1]);
  return shapes;
}

void TimeDistributedLayer::check_mask(const Tensor& input, const Tensor& mask) const {
  const Shape x = shape_of(input), m = shape_of(mask);
  if (m.size() >= 2 && m[0] == x[0] && m[1] == x[1]) return;
  throw ShapeError(concat(label(), ": `TimeDistributed` Layer should be passed a `mask` of shape (",
                          x[0], ", ", x[1], ", ...), received: mask.shape=", tuple_text(m)));
}

Tensors TimeDistributedLayer::forward_all(TensorRefs inputs, Context& context) const {
  const Tensor& input = *inputs[0];
  step_shape(shape_of(input));
  const Tensor* const mask = context.mask();
  if (mask) check_mask(input, *mask);
  const std::size_t batch = input.shape(0), steps = input.shape(1);
  auto calls = std::make_shared<Calls>();
  Tensors outputs;
  if (steps == 0 || treats_samples_alone(layer(), context.training())) {
    const Shape front{static_cast<Dim>(batch * steps)};
    calls->inputs.push_back(with_front(input, front, 2));
    if (mask) calls->masks.push_back(with_front(*mask, front, 2));
    Context& child = context.child(0);
    child.set_wanted({context.wants_input_gradient()});
    if (mask) child.set_masks({&calls->masks[0]});
    child.run(layer(), calls->inputs[0]);
    for (const Tensor* output : child.outputs())
      outputs.push_back(with_front(*output, {static_cast<Dim>(batch), static_cast<Dim>(steps)}, 1));
  } else {
    const Tensor ordered = steps_first(input, false, false);
    const std::optional<Tensor> masks =
        mask ? std::optional(steps_first(*mask, false, false)) : std::nullopt;
    std::vector<Collector> collected;
    for (std::size_t t = 0; t < steps; ++t) {
      calls->inputs.push_back(step_of(ordered, t));
      Context& child = context.child(t);
      child.set_wanted({context.wants_input_gradient()});
      if (masks) child.set_masks({&calls->masks.emplace_back(step_of(*masks, t))});
      child.run(layer(), calls->inputs[t]);
      collected.resize(child.outputs().size(), Collector(steps));
      for (std::size_t k = 0; k < collected.size(); ++k) collected[k].add(t, child.output(k));
    }
    for (const Collector& output : collected) outputs.push_back(output.take());
  }
  context.save(std::move(calls));
  return outputs;
}

Tensors TimeDistributedLayer::backward_all(Tensors output_gradients, Context& context) const {
  const std::shared_ptr<Calls>& calls = context.saved<std::shared_ptr<Calls>>();
  const Shape input = shape_of(context.input());
  const auto steps = static_cast<std::size_t>(input[1]);
  Tensors results;
  if (calls->inputs.size() == 1 && shape_of(calls->inputs[0])[0] == input[0] * input[1]) {
    const Shape front{input[0] * input[1]};
    for (Tensor& gradient : output_gradients) gradient = with_front(gradient, front, 2);
    results = context.child(0).run_backward(std::move(output_gradients));
    if (context.wants_input_gradient()) results[0] = reshaped(std::move(results[0]), input);
    return results;
  }
  for (Tensor& gradient : output_gradients) gradient = steps_first(gradient, false, false);
  Collector collected(steps);
  for (std::size_t t = steps; t-- > 0;) {
    Tensors step;
    for (const Tensor& gradient : output_gradients) step.push_back(step_of(gradient, t));
    const Tensors before = context.child(t).run_backward(std::move(step));
    if (context.wants_input_gradient()) collected.add(t, before[0]);
  }
  results.push_back(context.wants_input_gradient() ? collected.take() : Tensor());
  return results;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
