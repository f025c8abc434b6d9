#include "function.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "mask_inputs.hpp"
#include "naming.hpp"
#include "operation.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using Source = std::pair<const Node*, std::size_t>;

Structure structure_of(std::size_t count) {
  return {count == 1 ? Structure::single : Structure::list, {}, {}};
}

/// What a slot holds while no backward pass follows: tensors that later calls still read.
struct Slot {
  const Tensor* tensor = nullptr;
  const Tensor* mask = nullptr;
  std::optional<Tensor> owned = {};
  std::optional<Tensor> owned_mask = {};
};

}  // namespace

Function::Function(SymbolicTensors inputs, SymbolicTensors outputs, LayerOptions common,
                   std::vector<std::size_t> walk)
    : Layer(keras_name, std::move(common)) {
  set_graph(std::make_shared<const Graph>(std::move(inputs), std::move(outputs), std::move(walk)));
  Shapes shapes;
  for (const SymbolicTensor& input : graph_->inputs()) shapes.push_back(input.shape());
  build(shapes);
  if (!trainable()) set_trainable(false);
}

Function::Function(std::string_view class_name, LayerOptions common)
    : Layer(class_name, std::move(common)) {}

void Function::set_graph(std::shared_ptr<const Graph> graph) {
  graph_ = std::move(graph);
  calls_.clear();
  output_slots_.clear();
  std::map<Source, std::size_t> slots;
  for (std::size_t i = 0; i < graph_->inputs().size(); ++i) {
    const SymbolicTensor& input = graph_->inputs()[i];
    slots.emplace(Source(input.node().get(), input.index()), slots.size());
    InputSpec spec{.ndim = input.shape().size()};
    for (std::size_t axis = 0; axis < input.shape().size(); ++axis) {
      if (input.shape()[axis] != unknown)
        spec.axes.emplace_back(static_cast<int>(axis), input.shape()[axis]);
    }
    set_input_spec(std::move(spec), i);
  }
  const auto slot_of = [&](const SymbolicTensor& unresolved) {
    const SymbolicTensor& tensor = graph_->resolve(unresolved);
    return slots.at(Source(tensor.node().get(), tensor.index()));
  };
  for (const auto& node : graph_->nodes()) {
    if (node->is_input()) continue;
    std::vector<std::size_t> inputs;
    for (const SymbolicTensor& input : node->inputs) inputs.push_back(slot_of(input));
    Call call = call_of(node, inputs);
    for (std::size_t k = 0; k < node->output_shapes.size(); ++k) {
      call.outputs.push_back(slots.size());
      slots.emplace(Source(node.get(), k), slots.size());
    }
    calls_.push_back(std::move(call));
  }
  for (const SymbolicTensor& output : graph_->outputs()) output_slots_.push_back(slot_of(output));
  slot_count_ = slots.size();
  input_structure_ = structure_of(graph_->inputs().size());
  output_structure_ = structure_of(graph_->outputs().size());
  plan_releases();
}

Function::Call Function::call_of(std::shared_ptr<const Node> node,
                                 const std::vector<std::size_t>& inputs) {
  Call call{std::move(node), {}, {}, {}, {}, {}};
  call.options = call.node->options;
  call.options.input_names.clear();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const CallOptions& options = call.node->options;
    if (const auto masked = masked_input(options, i)) {
      call.masks.emplace_back(*masked, inputs[i]);
    } else {
      call.inputs.push_back(inputs[i]);
      if (!options.input_names.empty()) call.options.input_names.push_back(options.input_names[i]);
    }
  }
  for (const auto& [input, slot] : call.masks) {
    if (input >= call.inputs.size())
      call.node->layer->refuse("received a mask for input ", input, ", which it does not have");
  }
  return call;
}

void Function::plan_releases() {
  std::vector<bool> needed(slot_count_, false);
  for (const std::size_t slot : output_slots_) needed[slot] = true;
  for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) {
    for (const std::vector<std::size_t>* slots : {&call->inputs, &call->outputs}) {
      for (const std::size_t slot : *slots) {
        if (!needed[slot]) call->released.push_back(slot);
        needed[slot] = true;
      }
    }
    for (const auto& [input, slot] : call->masks) {
      if (!needed[slot]) call->released.push_back(slot);
      needed[slot] = true;
    }
  }
}

void Function::set_structures(Structure inputs, Structure outputs) {
  input_structure_ = std::move(inputs);
  output_structure_ = std::move(outputs);
}

std::vector<LayerHandle> Function::layers() const {
  std::vector<LayerHandle> layers = graph_ ? graph_->layers() : std::vector<LayerHandle>();
  std::erase_if(layers, [](const LayerHandle& layer) {
    return dynamic_cast<const Operation*>(&*layer) != nullptr;
  });
  return layers;
}

std::shared_ptr<Layer> Function::find_layer(const std::string& name) const {
  for (const LayerHandle& layer : layers()) {
    if (layer->name() == name) return layer.shared();
  }
  return nullptr;
}

std::vector<Sublayer> Function::sublayers() const { return numbered_sublayers(layers()); }

std::vector<Sublayer> numbered_sublayers(const std::vector<LayerHandle>& layers) {
  std::map<std::string, int> counts;
  std::vector<Sublayer> named;
  for (const LayerHandle& layer : layers) {
    const std::string name = to_snake_case(layer->class_name());
    const int number = counts[name]++;
    named.push_back({concat("layers/", name, number ? concat("_", number) : ""), &*layer});
  }
  return named;
}

void Function::check_count(std::size_t inputs) const {
  if (!graph_) refuse("has no graph yet: its input shape is unknown");
  if (inputs != graph_->inputs().size()) {
    refuse("expects ", graph_->inputs().size(), " input(s), but it received ", inputs,
           " input tensors");
  }
}

Shapes Function::compute_output_shapes(const Shapes& input_shapes) const {
  check_count(input_shapes.size());
  Shapes slots = input_shapes;
  slots.resize(slot_count_);
  for (const Call& call : calls_) {
    Shapes inputs;
    for (const std::size_t slot : call.inputs) inputs.push_back(slots[slot]);
    const Shapes outputs = call.node->layer->compute_output_shapes(inputs);
    for (std::size_t k = 0; k < call.outputs.size(); ++k) slots[call.outputs[k]] = outputs.at(k);
  }
  Shapes outputs;
  for (const std::size_t slot : output_slots_) outputs.push_back(slots[slot]);
  return outputs;
}

std::string Function::output_dtype(std::size_t i) const { return graph_->outputs()[i].dtype(); }

Tensors Function::forward_all(TensorRefs inputs, Context& context) const {
  run(inputs, context);
  return context.take_outputs();
}

void Function::run(TensorRefs inputs, Context& context) const {
  check_count(inputs.size());
  if (context.backward_follows()) {
    run_keeping(inputs, context);
  } else {
    run_passing(inputs, context);
  }
}

void Function::run_keeping(TensorRefs inputs, Context& context) const {
  std::vector<const Tensor*> slots(slot_count_), masks(slot_count_);
  std::vector<bool> wanted(slot_count_, false);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    slots[i] = inputs[i];
    masks[i] = context.mask(i);
    wanted[i] = context.wants_input_gradient(i);
  }
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    const Call& call = calls_[c];
    Context& child = context.child(c);
    std::vector<const Tensor*> arguments, argument_masks;
    std::vector<bool> argument_wanted;
    for (const std::size_t slot : call.inputs) {
      arguments.push_back(slots[slot]);
      argument_masks.push_back(masks[slot]);
      argument_wanted.push_back(wanted[slot]);
    }
    for (const auto& [input, slot] : call.masks) argument_masks[input] = slots[slot];
    const bool live = std::ranges::find(argument_wanted, true) != argument_wanted.end() ||
                      call.node->layer->has_trainable_weights();
    child.set_call(call.options);
    child.set_masks(std::move(argument_masks));
    child.set_wanted(std::move(argument_wanted));
    child.run(*call.node->layer, arguments);
    for (std::size_t k = 0; k < call.outputs.size(); ++k) {
      slots[call.outputs[k]] = &child.output(k);
      masks[call.outputs[k]] = child.output_mask(k);
      wanted[call.outputs[k]] = live;
    }
  }
  std::vector<const Tensor*> outputs;
  for (std::size_t k = 0; k < output_slots_.size(); ++k) {
    outputs.push_back(slots[output_slots_[k]]);
    if (masks[output_slots_[k]]) context.set_output_mask(*masks[output_slots_[k]], k);
  }
  context.refer_outputs(std::move(outputs));
}

void Function::run_passing(TensorRefs inputs, Context& context) const {
  std::vector<Slot> slots(slot_count_);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    slots[i] = {.tensor = inputs[i], .mask = context.mask(i)};
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    const Call& call = calls_[c];
    const auto child = context.passing_child(c);
    std::vector<const Tensor*> arguments, argument_masks;
    for (const std::size_t slot : call.inputs) {
      arguments.push_back(slots[slot].tensor);
      argument_masks.push_back(slots[slot].mask);
    }
    for (const auto& [input, slot] : call.masks) argument_masks[input] = slots[slot].tensor;
    child->set_call(call.options);
    child->set_masks(std::move(argument_masks));
    child->run(*call.node->layer, arguments);
    Tensors results = child->take_outputs();
    auto result_masks = child->take_output_masks();
    result_masks.resize(results.size());
    for (std::size_t k = 0; k < call.outputs.size(); ++k) {
      Slot& slot = slots[call.outputs[k]];
      slot.tensor = &slot.owned.emplace(std::move(results[k]));
      if (result_masks[k]) slot.mask = &slot.owned_mask.emplace(std::move(*result_masks[k]));
    }
    for (const std::size_t slot : call.released) slots[slot] = {};
  }
  Tensors outputs;
  for (std::size_t k = 0; k < output_slots_.size(); ++k) {
    Slot& slot = slots[output_slots_[k]];
    if (slot.mask) context.set_output_mask(*slot.mask, k);
    // The same tensor may be an output twice.
    const bool last = std::find(output_slots_.begin() + static_cast<std::ptrdiff_t>(k) + 1,
                                output_slots_.end(), output_slots_[k]) == output_slots_.end();
    outputs.push_back(slot.owned && last ? std::move(*slot.owned) : *slot.tensor);
  }
  context.set_outputs(std::move(outputs));
}

Tensors Function::backward_all(Tensors output_gradients, Context& context) const {
  std::vector<std::optional<Tensor>> slots(slot_count_);
  const auto accumulate = [&](std::size_t slot, Tensor gradient) {
    if (slots[slot]) {
      real* sum = slots[slot]->data();
      const real* term = gradient.data();
      for (std::size_t i = 0; i < gradient.size(); ++i) sum[i] += term[i];
    } else {
      slots[slot] = std::move(gradient);
    }
  };
  for (std::size_t k = 0; k < output_slots_.size(); ++k)
    accumulate(output_slots_[k], std::move(output_gradients[k]));
  for (std::size_t c = calls_.size(); c-- > 0;) {
    const Call& call = calls_[c];
    Context& child = context.child(c);
    const auto has_gradient = [&](std::size_t slot) { return slots[slot].has_value(); };
    if (std::ranges::none_of(call.outputs, has_gradient)) continue;
    bool live = call.node->layer->has_trainable_weights();
    for (std::size_t k = 0; k < call.inputs.size(); ++k) live |= child.wants_input_gradient(k);
    if (!live) continue;
    Tensors results;
    for (std::size_t k = 0; k < call.outputs.size(); ++k) {
      std::optional<Tensor>& slot = slots[call.outputs[k]];
      results.push_back(slot ? std::move(*slot) : zeros(shape_of(child.output(k))));
      slot.reset();
    }
    Tensors gradients = child.run_backward(std::move(results));
    for (std::size_t k = 0; k < call.inputs.size(); ++k) {
      if (child.wants_input_gradient(k)) accumulate(call.inputs[k], std::move(gradients[k]));
    }
  }
  Tensors input_gradients;
  for (std::size_t k = 0; k < graph_->inputs().size(); ++k) {
    if (slots[k]) {
      input_gradients.push_back(std::move(*slots[k]));
    } else {
      input_gradients.push_back(context.wants_input_gradient(k) ? zeros(shape_of(context.input(k)))
                                                                : Tensor());
    }
  }
  return input_gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT
