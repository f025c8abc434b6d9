#include "fusion.hpp"

#include <numeric>

#include <nlohmann/json.hpp>

#include "elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {
namespace {

/// Whether a call has arguments that are more than a file's note of defaults and of the mode.
bool has_arguments(const CallOptions& options) {
  if (!options.arguments) return false;
  for (const auto& [key, value] : options.arguments->items()) {
    if (key != "training" && !value.is_null()) return true;
  }
  return false;
}

class Fusion {
 public:
  explicit Fusion(const CallList& list) : list_(list), aliases_(list.slots) {
    std::iota(aliases_.begin(), aliases_.end(), std::size_t{0});
  }

  FusedGraph run() {
    make_steps();
    fused_.outputs = resolved(list_.outputs);
    count_readers();
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      if (!add_to_predecessor(s)) append_to_predecessor(s);
    }
    for (Step& step : steps_) {
      if (step.outputs.empty()) continue;  // folded into another
      if (step.operation && !step.operation->runs()) step.operation = nullptr;
      if (step.operation) step.operation->finish();
      fused_.steps.push_back(std::move(step));
    }
    return std::move(fused_);
  }

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  std::vector<std::size_t> resolved(std::vector<std::size_t> slots) const {
    for (std::size_t& slot : slots) slot = aliases_[slot];
    return slots;
  }

  std::shared_ptr<Operation> operation_of(const Node& node) {
    const Layer& layer = *node.layer;
    // A penalty on the output needs the output.
    if (layer.activity_regularizer() || has_arguments(node.options) ||
        node.output_shapes.size() != 1) {
      return nullptr;
    }
    Shapes inputs;
    for (const SymbolicTensor& input : node.inputs) inputs.push_back(input.shape());
    auto operation = layer.prepare(inputs);
    if (!operation) return nullptr;
    for (const Parameter& parameter : layer.own_weights()) fused_.folded.push_back(&parameter);
    return operation;
  }

  void make_steps() {
    for (std::size_t c = 0; c < list_.calls.size(); ++c) {
      const CallList::Call& call = list_.calls[c];
      Step step{operation_of(*call.node), c, resolved(call.inputs), call.outputs};
      if (dynamic_cast<const Nothing*>(step.operation.get())) {
        aliases_[call.outputs[0]] = step.inputs[0];
      } else {
        steps_.push_back(std::move(step));
      }
    }
  }

  void count_readers() {
    readers_.assign(list_.slots, 0);
    producers_.assign(list_.slots, nobody);
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (const std::size_t slot : steps_[s].inputs) ++readers_[slot];
      for (const std::size_t slot : steps_[s].outputs) producers_[slot] = s;
    }
    for (const std::size_t slot : fused_.outputs) ++readers_[slot];
  }

  /// The step whose output nothing but one step reads, if it is an operation; else null.
  Step* only_for_one(std::size_t slot) {
    if (producers_[slot] == nobody || readers_[slot] != 1) return nullptr;
    Step& step = steps_[producers_[slot]];
    return step.operation ? &step : nullptr;
  }

  /// Step s does the work of `before` too.
  void replace(std::size_t s, Step& before, std::shared_ptr<Operation> both,
               std::vector<std::size_t> inputs) {
    steps_[s].operation = std::move(both);
    steps_[s].inputs = std::move(inputs);
    before = {};
  }

  void append_to_predecessor(std::size_t s) {
    Step& step = steps_[s];
    if (!step.operation || step.inputs.empty()) return;
    Step* const before = only_for_one(step.inputs[0]);
    if (!before) return;
    auto both = before->operation->followed_by(step.operation);
    if (!both) return;
    std::vector<std::size_t> inputs = before->inputs;
    inputs.insert(inputs.end(), step.inputs.begin() + 1, step.inputs.end());
    replace(s, *before, std::move(both), std::move(inputs));
  }

  /// A sum of two, one of which comes from an operation that can add the other.
  bool add_to_predecessor(std::size_t s) {
    Step& step = steps_[s];
    if (!dynamic_cast<const Sum*>(step.operation.get()) || step.inputs.size() != 2) return false;
    const auto& node = *list_.calls[step.call].node;
    if (node.inputs[0].shape() != node.inputs[1].shape()) return false;
    for (const std::size_t i : {std::size_t{1}, std::size_t{0}}) {
      Step* const before = only_for_one(step.inputs[i]);
      if (!before || !before->operation->add_input()) continue;
      std::vector<std::size_t> inputs = before->inputs;
      inputs.push_back(step.inputs[1 - i]);
      replace(s, *before, before->operation, std::move(inputs));
      return true;
    }
    return false;
  }

  const CallList& list_;
  FusedGraph fused_;
  std::vector<Step> steps_;
  std::vector<std::size_t> aliases_;    // of slots whose tensors are those of others
  std::vector<std::size_t> readers_;    // how many read a slot
  std::vector<std::size_t> producers_;  // the step that makes a slot
};

}  // namespace

FusedGraph fuse(const CallList& list) { return Fusion(list).run(); }

}  // namespace keratin::inline KERATIN_VARIANT::prepared
