#pragma once

#include <cstddef>
#include <vector>

#include "fusion.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// What the tensors between a graph's inputs and outputs take, in bytes.
struct Memory {
  std::size_t planned = 0;  ///< as they are placed
  std::size_t alive = 0;    ///< the most that is alive at once: the least there can be
  std::size_t all = 0;      ///< their sum: without reuse
};

/// Where each tensor of a fused graph is while it runs on inputs of some shapes.
struct ExecutionPlan {
  struct Place {
    /// A tensor of its own is what layers read or make, and what goes out.
    enum Kind { unused, input, arena, tensor };
    Kind kind = unused;
    std::size_t offset = 0;  ///< in the arena; or the number of the input
  };
  struct Task {
    /// For an operation; none where there is nothing to compute.
    std::function<void(const real* const* inputs, real* output)> run = {};
    std::vector<std::size_t> released = {};  ///< slots whose tensors are read no more
  };

  std::vector<Shape> shapes;  ///< of the slots
  std::vector<Place> places;  ///< of the slots
  std::vector<Task> tasks;    ///< of the steps
  std::size_t arena = 0;      ///< its size in elements
  Memory memory;
};

/// None where an operation does not handle the shapes.
std::optional<ExecutionPlan> plan_execution(const CallList& list, const FusedGraph& graph,
                                            const Shapes& inputs);

}  // namespace keratin::inline KERATIN_VARIANT::prepared
