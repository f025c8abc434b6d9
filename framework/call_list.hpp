#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "handle.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A graph as a list of calls on numbered slots, each of which holds a tensor. The first slots are
/// the graph's inputs.
struct CallList {
  struct Call {
    std::shared_ptr<const Node> node;
    CallOptions options = {};
    std::vector<std::size_t> inputs;    // slots
    std::vector<std::size_t> outputs;   // slots
    std::vector<std::size_t> released;  // slots that no later call reads
    /// (input, slot): see masked_input().
    std::vector<std::pair<std::size_t, std::size_t>> masks;
    /// The function of the activation layer that alone reads the output, where a training step's
    /// call applies it itself; that layer's own call then is `applied` and does nothing.
    const ActivationFunction* applies = nullptr;
    bool applied = false;
  };
  std::vector<Call> calls;
  std::size_t slots = 0;
  std::size_t inputs = 0;
  std::vector<std::size_t> outputs;  // slots
};

}  // namespace keratin::inline KERATIN_VARIANT
