#include "function.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "kernels/elementwise.hpp"
#include "mask_inputs.hpp"
#include "naming.hpp"
#include "operation.hpp"
#include "prepared/elementwise.hpp"
#include "prepared/prepared_graph.hpp"
#include "shaped_by_call.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

using Source = std::pair<const Node*, std::size_t>;

Structure structure_of(std::size_t count) {
  return {count == 1 ? Structure::single : Structure::list, {}, {}};
}

/// Large enough that malloc would give it back to the system each time.
template <class T>
using Pooled = std::vector<T, PoolAllocator<T>>;

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
  list_ = {};
  std::map<Source, std::size_t> slots;
  for (std::size_t i = 0; i < graph_->inputs().size(); ++i) {
    const SymbolicTensor& input = graph_->inputs()[i];
    slots.emplace(Source(input.node().get(), input.index()), slots.size());
    InputSpec spec{.ndim = input.shape().size()};
    // As in Keras, a batch may be of another size than an Input's batch_shape says.
    for (std::size_t axis = 1; axis < input.shape().size(); ++axis) {
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
    list_.calls.push_back(std::move(call));
  }
  for (const SymbolicTensor& output : graph_->outputs()) list_.outputs.push_back(slot_of(output));
  list_.slots = slots.size();
  input_structure_ = structure_of(graph_->inputs().size());
  output_structure_ = structure_of(graph_->outputs().size());
  list_.inputs = graph_->inputs().size();
  plan_releases();
  plan_activations();
  preparation_ = std::make_unique<prepared::Preparation>();
}

Function::~Function() = default;

std::optional<prepared::Memory> Function::prepared_memory(const Shapes& inputs) const {
  check_count(inputs.size());
  return preparation_->memory(list_, inputs);
}

Function::Call Function::call_of(std::shared_ptr<const Node> node,
                                 const std::vector<std::size_t>& inputs) {
  Call call;
  call.node = std::move(node);
  call.options = without_masks(call.node->options);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (const auto masked = masked_input(call.node->options, i)) {
      call.masks.emplace_back(*masked, inputs[i]);
    } else {
      call.inputs.push_back(inputs[i]);
    }
  }
  for (const auto& [input, slot] : call.masks) {
    if (input >= call.inputs.size())
      call.node->layer->refuse("received a mask for input ", input, ", which it does not have");
  }
  return call;
}

void Function::plan_releases() {
  std::vector<bool> needed(list_.slots, false);
  for (const std::size_t slot : list_.outputs) needed[slot] = true;
  for (auto call = list_.calls.rbegin(); call != list_.calls.rend(); ++call) {
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

void Function::plan_activations() {
  constexpr std::size_t nobody = static_cast<std::size_t>(-1);
  std::vector<std::size_t> producers(list_.slots, nobody), readers(list_.slots, 0);
  for (const std::size_t slot : list_.outputs) ++readers[slot];
  for (std::size_t c = 0; c < list_.calls.size(); ++c) {
    for (const std::size_t slot : list_.calls[c].inputs) ++readers[slot];
    for (const auto& [input, slot] : list_.calls[c].masks) ++readers[slot];
    for (const std::size_t slot : list_.calls[c].outputs) producers[slot] = c;
  }
  for (Call& call : list_.calls) {
    if (call.inputs.size() != 1) continue;
    const std::size_t input = call.inputs[0];
    if (producers[input] == nobody || readers[input] != 1) continue;
    Call& before = list_.calls[producers[input]];
    const Layer& layer = *call.node->layer;
    // A penalty on an output needs the output.
    if (layer.activity_regularizer() || before.node->layer->activity_regularizer() ||
        before.outputs.size() != 1 || !layer.own_weights().empty()) {
      continue;
    }
    const auto operation = layer.prepare({call.node->inputs[0].shape()});
    const auto* activate = dynamic_cast<const prepared::Activate*>(operation.get());
    if (!activate || !before.node->layer->takes_activation(*activate->function())) continue;
    before.applies = &*activate->function();
    call.applied = true;
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
  slots.resize(list_.slots);
  for (const Call& call : list_.calls) {
    Shapes inputs;
    for (const std::size_t slot : call.inputs) inputs.push_back(slots[slot]);
    const Shapes outputs = output_shapes_of_call(*call.node->layer, inputs, call.options);
    for (std::size_t k = 0; k < call.outputs.size(); ++k) slots[call.outputs[k]] = outputs.at(k);
  }
  Shapes outputs;
  for (const std::size_t slot : list_.outputs) outputs.push_back(slots[slot]);
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
  } else if (!run_prepared(inputs, context)) {
    run_passing(inputs, context);
  }
}

bool Function::run_prepared(TensorRefs inputs, Context& context) const {
  if (!context.step().prepared || context.training()) return false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (context.mask(i)) return false;
  }
  return preparation_->run(list_, inputs, context);
}

void Function::run_keeping(TensorRefs inputs, Context& context) const {
  std::vector<const Tensor*> slots(list_.slots), masks(list_.slots);
  std::vector<bool> wanted(list_.slots, false);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    slots[i] = inputs[i];
    masks[i] = context.mask(i);
    wanted[i] = context.wants_input_gradient(i);
  }
  for (std::size_t c = 0; c < list_.calls.size(); ++c) {
    const Call& call = list_.calls[c];
    if (call.applied) {
      slots[call.outputs[0]] = slots[call.inputs[0]];
      masks[call.outputs[0]] = masks[call.inputs[0]];
      wanted[call.outputs[0]] = wanted[call.inputs[0]];
      continue;
    }
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
    child.set_following(call.applies);
    child.run(*call.node->layer, arguments);
    for (std::size_t k = 0; k < call.outputs.size(); ++k) {
      slots[call.outputs[k]] = &child.output(k);
      masks[call.outputs[k]] = child.output_mask(k);
      wanted[call.outputs[k]] = live;
    }
  }
  std::vector<const Tensor*> outputs;
  for (std::size_t k = 0; k < list_.outputs.size(); ++k) {
    outputs.push_back(slots[list_.outputs[k]]);
    if (masks[list_.outputs[k]]) context.set_output_mask(*masks[list_.outputs[k]], k);
  }
  context.refer_outputs(std::move(outputs));
}

void Function::run_passing(TensorRefs inputs, Context& context) const {
  Pooled<Slot> slots(list_.slots);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    slots[i] = {.tensor = inputs[i], .mask = context.mask(i)};
  for (std::size_t c = 0; c < list_.calls.size(); ++c) {
    const Call& call = list_.calls[c];
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
  for (std::size_t k = 0; k < list_.outputs.size(); ++k) {
    Slot& slot = slots[list_.outputs[k]];
    if (slot.mask) context.set_output_mask(*slot.mask, k);
    // The same tensor may be an output twice.
    const bool last = std::find(list_.outputs.begin() + static_cast<std::ptrdiff_t>(k) + 1,
                                list_.outputs.end(), list_.outputs[k]) == list_.outputs.end();
    outputs.push_back(slot.owned && last ? std::move(*slot.owned) : *slot.tensor);
  }
  context.set_outputs(std::move(outputs));
}

Tensors Function::backward_all(Tensors output_gradients, Context& context) const {
  Pooled<std::optional<Tensor>> slots(list_.slots);
  const auto accumulate = [&](std::size_t slot, Tensor gradient) {
    if (slots[slot]) {
      kernels::axpy(gradient.size(), real{1}, gradient.data(), slots[slot]->data());
    } else {
      slots[slot] = std::move(gradient);
    }
  };
  std::vector<bool> goes_out(list_.slots, false);
  for (std::size_t k = 0; k < list_.outputs.size(); ++k) {
    accumulate(list_.outputs[k], std::move(output_gradients[k]));
    goes_out[list_.outputs[k]] = true;
  }
  for (std::size_t c = list_.calls.size(); c-- > 0;) {
    const Call& call = list_.calls[c];
    if (call.applied) {
      slots[call.inputs[0]] = std::move(slots[call.outputs[0]]);
      slots[call.outputs[0]].reset();
      goes_out[call.inputs[0]] = goes_out[call.outputs[0]];
      continue;
    }
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
    // Those behind it are done with what it keeps.
    const auto is_output = [&](std::size_t slot) { return static_cast<bool>(goes_out[slot]); };
    if (std::ranges::none_of(call.outputs, is_output)) context.forget_child(c);
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
