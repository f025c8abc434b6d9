#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "execution_plan.hpp"
#include "fusion.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// A graph made ready for inference, for the weights as they are. Running it is const and safe from
/// many threads; what depends on the inputs' shapes is planned once for each.
class PreparedGraph {
 public:
  /// `list` must live as long.
  explicit PreparedGraph(const CallList& list);

  /// Whether the weights that were folded are still what they were.
  bool is_current() const;
  /// Whether anything was prepared, and nothing forbids it: layers with states, calls in training
  /// mode.
  bool is_useful() const { return useful_; }

  enum class Outcome { done, other_shapes, masks };
  /// Runs the graph and makes its outputs those of `context`. Where these inputs need the layers
  /// themselves (shapes that operations do not have, masks that a layer makes), says so with
  /// nothing done.
  Outcome run(TensorRefs inputs, Context& context) const;
  /// None where inputs of these shapes cannot be run.
  std::optional<Memory> memory(const Shapes& inputs) const;

 private:
  std::shared_ptr<const ExecutionPlan> plan_for(TensorRefs inputs) const;

  const CallList& list_;
  FusedGraph graph_;
  bool useful_ = false;
  std::vector<std::uint64_t> versions_;
  mutable std::mutex mutex_;
  mutable std::map<Shapes, std::shared_ptr<const ExecutionPlan>> plans_;
};

/// The prepared form of a list of calls, made at first use and again when weights have changed.
class Preparation {
 public:
  /// Runs `list` and makes its outputs those of `context`; false, with nothing done, where its
  /// calls must be made one by one.
  bool run(const CallList& list, TensorRefs inputs, Context& context);
  std::optional<Memory> memory(const CallList& list, const Shapes& inputs);

 private:
  std::shared_ptr<const PreparedGraph> current(const CallList& list);

  std::mutex mutex_;
  std::shared_ptr<const PreparedGraph> graph_;
  bool has_masks_ = false;
};

}  // namespace keratin::inline KERATIN_VARIANT::prepared
