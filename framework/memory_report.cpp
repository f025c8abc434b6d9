#include "memory_report.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "base/memory_plan.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

std::size_t bytes_of(const Shape& shape) {
  std::size_t size = sizeof(real);
  for (const Dim dim : shape) size *= static_cast<std::size_t>(dim);
  return size;
}

Shapes input_shapes(const Function& function, const MemoryOptions& options) {
  if (!function.graph()) function.refuse("has no graph yet: its input shape is unknown");
  Shapes shapes;
  for (const SymbolicTensor& input : function.graph()->inputs()) shapes.push_back(input.shape());
  if (!options.input_shapes.empty()) {
    if (options.input_shapes.size() != shapes.size()) {
      function.refuse("memory_report: `input_shapes` must have ", shapes.size(),
                      " shape(s). Received: ", options.input_shapes.size());
    }
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      shapes[i].resize(1);
      shapes[i].insert(shapes[i].end(), options.input_shapes[i].begin(),
                       options.input_shapes[i].end());
    }
  }
  for (Shape& shape : shapes) {
    if (!shape.empty()) shape[0] = static_cast<Dim>(options.batch_size);
    if (std::ranges::any_of(shape, [](Dim dim) { return dim < 0; })) {
      function.refuse("memory_report: the size of every axis must be known; pass `input_shapes`. ",
                      "Received an input of shape ", tuple_text(shape));
    }
  }
  function.check_inputs(shapes);
  return shapes;
}

/// The shapes of all slots of a call list.
Shapes slot_shapes(const CallList& list, const Shapes& inputs) {
  Shapes slots = inputs;
  slots.resize(list.slots);
  for (const CallList::Call& call : list.calls) {
    Shapes arguments;
    for (const std::size_t slot : call.inputs) arguments.push_back(slots[slot]);
    const Shapes outputs = call.node->layer->compute_output_shapes(arguments);
    for (std::size_t k = 0; k < call.outputs.size(); ++k) slots[call.outputs[k]] = outputs.at(k);
  }
  return slots;
}

/// The memory of a training step, and, call by call, of inference.
class Lives {
 public:
  Lives(const Function& function, const Shapes& inputs)
      : list_(function.call_list()), slots_(slot_shapes(list_, inputs)) {}

  /// The outputs that wait for backward, those within nested functions too.
  std::size_t kept() const {
    std::size_t bytes = 0;
    for (const CallList::Call& call : list_.calls) bytes += kept_by(call);
    return bytes;
  }

  /// The most that is alive at once in a training step: what is kept up to the loss, then gradients
  /// of tensors take its place, and those of weights come on top.
  std::size_t training() const {
    std::size_t kept_now = kept(), weights = 0, most = kept_now;
    for (auto call = list_.calls.rbegin(); call != list_.calls.rend(); ++call) {
      if (call->applied) continue;
      for (const Parameter* parameter : call->node->layer->trainable_weights())
        weights += parameter->value().size() * sizeof(real);
      std::size_t gradients = 0;
      for (const auto* slots : {&call->inputs, &call->outputs}) {
        for (const std::size_t slot : *slots)
          gradients += slot < list_.inputs ? 0 : bytes_of(slots_[slot]);
      }
      most = std::max(most, kept_now + weights + gradients);
      kept_now -= kept_by(*call);
    }
    return most;
  }

  prepared::Memory inference() const {
    std::vector<std::size_t> born(list_.slots, 0), last(list_.slots, 0);
    for (std::size_t c = 0; c < list_.calls.size(); ++c) {
      for (const std::size_t slot : list_.calls[c].inputs) last[slot] = c;
      for (const std::size_t slot : list_.calls[c].outputs) born[slot] = last[slot] = c;
    }
    for (const std::size_t slot : list_.outputs) last[slot] = list_.calls.size();
    std::vector<Lifetime> lives;
    prepared::Memory memory;
    for (std::size_t slot = list_.inputs; slot < list_.slots; ++slot) {
      lives.push_back({bytes_of(slots_[slot]), born[slot], last[slot]});
      memory.all += lives.back().size;
    }
    memory.alive = memory.planned = most_alive(lives);
    return memory;
  }

 private:
  std::size_t kept_by(const CallList::Call& call) const {
    if (call.applied) return 0;
    if (const auto* inner = dynamic_cast<const Function*>(&*call.node->layer)) {
      Shapes inputs;
      for (const std::size_t slot : call.inputs) inputs.push_back(slots_[slot]);
      return Lives(*inner, inputs).kept();
    }
    std::size_t bytes = 0;
    for (const std::size_t slot : call.outputs) bytes += bytes_of(slots_[slot]);
    return bytes;
  }

  const CallList& list_;
  Shapes slots_;
};

std::string size_text(std::size_t bytes) {
  constexpr std::array units{"B", "KB", "MB", "GB", "TB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  std::ostringstream text;
  text << std::fixed << std::setprecision(unit == 0 ? 0 : 2) << size << ' ' << units[unit];
  return text.str();
}

}  // namespace

MemoryReport memory_report(const Function& function, const MemoryOptions& options) {
  const Shapes inputs = input_shapes(function, options);
  MemoryReport report;
  for (const Parameter* parameter : function.weights()) {
    const std::size_t bytes = parameter->value().size() * sizeof(real);
    report.weights += bytes;
    if (parameter->trainable()) report.gradients += bytes;
  }
  for (const Shape& shape : inputs) report.inputs += bytes_of(shape);
  const Lives lives(function, inputs);
  const auto prepared = function.prepared_memory(inputs);
  report.prepared = prepared.has_value();
  report.prediction = prepared ? *prepared : lives.inference();
  report.kept = lives.kept();
  report.training = lives.training();
  return report;
}

void print_memory_report(const Function& function, std::ostream& out,
                         const MemoryOptions& options) {
  const MemoryReport report = memory_report(function, options);
  const auto line = [&](const std::string& what, std::size_t bytes) {
    out << std::left << std::setw(52) << what << std::right << std::setw(12) << size_text(bytes)
        << '\n';
  };
  out << "Memory of model \"" << function.name() << "\", batch size " << options.batch_size << '\n';
  line("Weights", report.weights);
  line("Inputs of a batch", report.inputs);
  line("Prediction, placed" + std::string(report.prepared ? " (prepared)" : ""),
       report.prediction.planned);
  line("Prediction, most alive at once", report.prediction.alive);
  line("Prediction, without reuse", report.prediction.all);
  line("Training, outputs kept for backward", report.kept);
  line("Training, most alive at once", report.training);
  line("Gradients; each of the optimizer's slots", report.gradients);
}

}  // namespace keratin::inline KERATIN_VARIANT
