#include "execution_plan.hpp"

#include <algorithm>

#include "../base/memory_plan.hpp"
#include "../shaped_by_call.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {
namespace {

using Place = ExecutionPlan::Place;

constexpr std::size_t alignment = 64 / sizeof(real);

std::size_t size_of(const Shape& shape) {
  std::size_t size = 1;
  for (const Dim dim : shape) size *= static_cast<std::size_t>(dim);
  return size;
}

class Planner {
 public:
  Planner(const CallList& list, const FusedGraph& graph)
      : list_(list), graph_(graph), last_use_(list.slots, 0), buffers_(list.slots, nobody) {
    plan_.shapes.resize(list.slots);
    plan_.places.resize(list.slots);
    plan_.tasks.resize(graph.steps.size());
  }

  std::optional<ExecutionPlan> plan(const Shapes& inputs) {
    find_lives();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      plan_.shapes[i] = inputs[i];
      plan_.places[i] = {Place::input, i};
    }
    for (std::size_t s = 0; s < graph_.steps.size(); ++s) {
      if (!(graph_.steps[s].operation ? plan_operation(s) : plan_call(s))) return {};
    }
    place();
    return std::move(plan_);
  }

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  /// When each slot is read for the last time, and what must be a tensor.
  void find_lives() {
    for (std::size_t s = 0; s < graph_.steps.size(); ++s) {
      const Step& step = graph_.steps[s];
      for (const auto* slots : {&step.inputs, &step.outputs}) {
        for (const std::size_t slot : *slots) {
          last_use_[slot] = s;
          plan_.places[slot].kind =
              std::max(plan_.places[slot].kind, step.operation ? Place::arena : Place::tensor);
        }
      }
    }
    for (const std::size_t slot : graph_.outputs) {
      last_use_[slot] = graph_.steps.size();
      plan_.places[slot].kind = Place::tensor;
    }
    for (std::size_t slot = list_.inputs; slot < list_.slots; ++slot) {
      if (plan_.places[slot].kind == Place::tensor && last_use_[slot] < graph_.steps.size())
        plan_.tasks[last_use_[slot]].released.push_back(slot);
    }
  }

  Shapes shapes_of(const std::vector<std::size_t>& slots) const {
    Shapes shapes;
    for (const std::size_t slot : slots) shapes.push_back(plan_.shapes[slot]);
    return shapes;
  }

  bool plan_call(std::size_t s) {
    const Step& step = graph_.steps[s];
    const CallList::Call& call = list_.calls[step.call];
    const Shapes outputs =
        output_shapes_of_call(*call.node->layer, shapes_of(step.inputs), call.options);
    for (std::size_t k = 0; k < step.outputs.size(); ++k) {
      plan_.shapes[step.outputs[k]] = outputs.at(k);
      if (std::ranges::any_of(outputs[k], [](Dim dim) { return dim < 0; })) return false;
      new_buffer(step.outputs[k], s);
    }
    return true;
  }

  bool plan_operation(std::size_t s) {
    const Step& step = graph_.steps[s];
    auto bound = step.operation->bind(shapes_of(step.inputs));
    if (!bound) return false;
    const std::size_t output = step.outputs[0], input = step.inputs[0];
    plan_.shapes[output] = bound->output;
    if (bound->run) {
      plan_.tasks[s].run = std::move(bound->run);
      const std::size_t reused = buffer_to_reuse(s, bound->in_place);
      if (reused == nobody) {
        new_buffer(output, s);
      } else {
        join(output, reused);
      }
    } else if (plan_.places[output].kind == Place::arena &&
               plan_.places[input].kind == Place::input) {
      plan_.places[output] = plan_.places[input];
    } else if (plan_.places[output].kind == Place::arena &&
               plan_.places[input].kind == Place::arena) {
      join(output, buffers_[input]);
    } else {
      plan_.tasks[s].run = [size = size_of(bound->output)](const real* const* x, real* y) {
        std::copy_n(x[0], size, y);
      };
      new_buffer(output, s);
    }
    return true;
  }

  void new_buffer(std::size_t slot, std::size_t s) {
    buffers_[slot] = lives_.size();
    in_arena_.push_back(plan_.places[slot].kind == Place::arena);
    lives_.push_back({size_of(plan_.shapes[slot]), s, last_use_[slot]});
  }

  void join(std::size_t slot, std::size_t buffer) {
    buffers_[slot] = buffer;
    lives_[buffer].last = std::max(lives_[buffer].last, last_use_[slot]);
  }

  /// The buffer of an input that nobody needs after step s, where the output may be computed.
  std::size_t buffer_to_reuse(std::size_t s, const std::vector<std::size_t>& candidates) const {
    const Step& step = graph_.steps[s];
    if (plan_.places[step.outputs[0]].kind != Place::arena) return nobody;
    for (const std::size_t i : candidates) {
      if (plan_.places[step.inputs[i]].kind != Place::arena) continue;
      const std::size_t buffer = buffers_[step.inputs[i]];
      const auto readers = std::ranges::count_if(
          step.inputs, [&](std::size_t slot) { return buffers_[slot] == buffer; });
      if (lives_[buffer].last == s && readers == 1) return buffer;
    }
    return nobody;
  }

  void place() {
    std::vector<Lifetime> arena, tensors;
    for (std::size_t b = 0; b < lives_.size(); ++b) {
      (in_arena_[b] ? arena : tensors).push_back(lives_[b]);
      plan_.memory.all += lives_[b].size * sizeof(real);
    }
    const MemoryPlan memory = plan_memory(arena, alignment);
    std::vector<std::size_t> offsets(lives_.size(), 0);
    for (std::size_t b = 0, next = 0; b < lives_.size(); ++b) {
      if (in_arena_[b]) offsets[b] = memory.offsets[next++];
    }
    for (std::size_t slot = 0; slot < list_.slots; ++slot) {
      if (plan_.places[slot].kind == Place::arena && buffers_[slot] != nobody)
        plan_.places[slot].offset = offsets[buffers_[slot]];
    }
    plan_.arena = memory.size;
    plan_.memory.planned = (memory.size + most_alive(tensors)) * sizeof(real);
    plan_.memory.alive = most_alive(lives_) * sizeof(real);
  }

  const CallList& list_;
  const FusedGraph& graph_;
  ExecutionPlan plan_;
  std::vector<std::size_t> last_use_;  // the last step that reads a slot
  std::vector<std::size_t> buffers_;   // where a slot's tensor is
  std::vector<Lifetime> lives_;        // of the buffers
  std::vector<bool> in_arena_;         // or else a tensor
};

}  // namespace

std::optional<ExecutionPlan> plan_execution(const CallList& list, const FusedGraph& graph,
                                            const Shapes& inputs) {
  return Planner(list, graph).plan(inputs);
}

}  // namespace keratin::inline KERATIN_VARIANT::prepared
