#include "prepared_graph.hpp"

#include <algorithm>

#include "../base/error.hpp"
#include "../kernels/scratch.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {
namespace {

using Place = ExecutionPlan::Place;

/// Shapes for which plans are kept.
constexpr std::size_t most_plans = 16;

/// One run of a plan: its memory.
class Run {
 public:
  Run(const CallList& list, const FusedGraph& graph, const ExecutionPlan& plan, TensorRefs inputs)
      : list_(list),
        graph_(graph),
        plan_(plan),
        inputs_(inputs),
        arena_(plan.arena),
        owned_(list.slots) {}

  /// False where a layer makes masks, which operations do not know.
  bool run(Context& context) {
    std::vector<const real*> data;
    for (std::size_t s = 0; s < graph_.steps.size(); ++s) {
      const Step& step = graph_.steps[s];
      const ExecutionPlan::Task& task = plan_.tasks[s];
      if (!step.operation) {
        if (!call(step, context)) return false;
      } else if (task.run) {
        data.clear();
        for (const std::size_t slot : step.inputs) data.push_back(address(slot));
        task.run(data.data(), target(step.outputs[0]));
      }
      for (const std::size_t slot : task.released) owned_[slot].reset();
    }
    context.set_outputs(take_outputs());
    return true;
  }

 private:
  const Tensor& tensor(std::size_t slot) const {
    return plan_.places[slot].kind == Place::input ? *inputs_[plan_.places[slot].offset]
                                                   : *owned_[slot];
  }

  const real* address(std::size_t slot) const {
    return plan_.places[slot].kind == Place::arena ? arena_.data() + plan_.places[slot].offset
                                                   : tensor(slot).data();
  }

  real* target(std::size_t slot) {
    if (plan_.places[slot].kind == Place::arena) return arena_.data() + plan_.places[slot].offset;
    return owned_[slot].emplace(empty(plan_.shapes[slot])).data();
  }

  bool call(const Step& step, Context& context) {
    const CallList::Call& call = list_.calls[step.call];
    const auto child = context.passing_child(step.call);
    std::vector<const Tensor*> arguments;
    for (const std::size_t slot : step.inputs) arguments.push_back(&tensor(slot));
    child->set_call(call.options);
    child->run(*call.node->layer, arguments);
    Tensors results = child->take_outputs();
    for (const auto& mask : child->take_output_masks()) {
      if (mask) return false;
    }
    for (std::size_t k = 0; k < step.outputs.size(); ++k)
      owned_[step.outputs[k]].emplace(std::move(results[k]));
    return true;
  }

  Tensors take_outputs() {
    Tensors outputs;
    for (std::size_t k = 0; k < graph_.outputs.size(); ++k) {
      const std::size_t slot = graph_.outputs[k];
      // The same tensor may be an output twice.
      const bool last = std::find(graph_.outputs.begin() + static_cast<std::ptrdiff_t>(k) + 1,
                                  graph_.outputs.end(), slot) == graph_.outputs.end();
      outputs.push_back(owned_[slot] && last ? std::move(*owned_[slot]) : tensor(slot));
    }
    return outputs;
  }

  const CallList& list_;
  const FusedGraph& graph_;
  const ExecutionPlan& plan_;
  TensorRefs inputs_;
  kernels::Scratch<real> arena_;
  std::vector<std::optional<Tensor>, PoolAllocator<std::optional<Tensor>>> owned_;
};

}  // namespace

PreparedGraph::PreparedGraph(const CallList& list) : list_(list) {
  for (const CallList::Call& call : list.calls) {
    if (call.node->layer->is_stateful() || call.options.training.value_or(false) ||
        !call.masks.empty()) {
      return;
    }
  }
  graph_ = fuse(list);
  for (const Parameter* parameter : graph_.folded) versions_.push_back(parameter->version());
  useful_ =
      std::ranges::any_of(graph_.steps, [](const Step& step) { return step.operation != nullptr; });
}

bool PreparedGraph::is_current() const {
  return std::ranges::equal(graph_.folded, versions_, {}, &Parameter::version);
}

std::shared_ptr<const ExecutionPlan> PreparedGraph::plan_for(TensorRefs inputs) const {
  Shapes shapes;
  for (const Tensor* input : inputs) shapes.push_back(shape_of(*input));
  const std::lock_guard lock(mutex_);
  const auto known = plans_.find(shapes);
  if (known != plans_.end()) return known->second;
  std::optional<ExecutionPlan> plan;
  try {
    plan = plan_execution(list_, graph_, shapes);
  } catch (const Error&) {
    // What does not fit, the layers say better.
  }
  if (plans_.size() >= most_plans) plans_.clear();
  auto& kept = plans_[std::move(shapes)];
  if (plan) kept = std::make_shared<const ExecutionPlan>(std::move(*plan));
  return kept;
}

PreparedGraph::Outcome PreparedGraph::run(TensorRefs inputs, Context& context) const {
  const auto plan = plan_for(inputs);
  if (!plan) return Outcome::other_shapes;
  const double penalty = context.step().penalty;
  if (Run(list_, graph_, *plan, inputs).run(context)) return Outcome::done;
  context.step().penalty = penalty;
  return Outcome::masks;
}

std::optional<Memory> PreparedGraph::memory(const Shapes& inputs) const {
  const auto plan = plan_execution(list_, graph_, inputs);
  return plan ? std::optional(plan->memory) : std::nullopt;
}

std::shared_ptr<const PreparedGraph> Preparation::current(const CallList& list) {
  const std::lock_guard lock(mutex_);
  if (has_masks_) return nullptr;
  if (!graph_ || !graph_->is_current()) graph_ = std::make_shared<const PreparedGraph>(list);
  return graph_->is_useful() ? graph_ : nullptr;
}

bool Preparation::run(const CallList& list, TensorRefs inputs, Context& context) {
  const auto graph = current(list);
  if (!graph) return false;
  const auto outcome = graph->run(inputs, context);
  if (outcome == PreparedGraph::Outcome::masks) {
    const std::lock_guard lock(mutex_);
    has_masks_ = true;
  }
  return outcome == PreparedGraph::Outcome::done;
}

std::optional<Memory> Preparation::memory(const CallList& list, const Shapes& inputs) {
  const auto graph = current(list);
  return graph ? graph->memory(inputs) : std::nullopt;
}

}  // namespace keratin::inline KERATIN_VARIANT::prepared
