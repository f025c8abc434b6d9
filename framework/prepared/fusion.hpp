#pragma once

#include <memory>
#include <vector>

#include "../call_list.hpp"
#include "operation.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// A step of a prepared graph: an operation, or the call of a layer.
struct Step {
  std::shared_ptr<Operation> operation;  ///< null: call number `call` of the list
  std::size_t call = 0;
  std::vector<std::size_t> inputs = {};   // slots
  std::vector<std::size_t> outputs = {};  // slots
};

struct FusedGraph {
  std::vector<Step> steps;
  std::vector<std::size_t> outputs;  ///< the slots of the graph's outputs
  /// The weights that were folded into operations.
  std::vector<const Parameter*> folded;
};

/// Asks the layers of the calls for operations and folds these into one another: what scales,
/// activates or adds into what it follows, padding into the convolution behind it, a pointwise
/// convolution into the depthwise one before it. What does nothing goes.
FusedGraph fuse(const CallList& list);

}  // namespace keratin::inline KERATIN_VARIANT::prepared
