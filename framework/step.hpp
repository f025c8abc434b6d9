#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "gradients.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What one step shares between all the calls it makes.
struct Step {
  /// Layers behave as in training: dropout drops, BatchNormalization uses the batch's statistics.
  bool training = false;
  /// A backward pass will follow: calls keep what it needs.
  bool backward = false;
  /// Penalties on activities count: their sum is collected and backward includes their gradients.
  bool penalties = false;
  /// Inference may run a graph in its prepared form, which is the same but for rounding.
  bool prepared = true;
  /// What is random in this step depends on these and on the place of the call in the graph.
  std::uint64_t seed = 0;
  std::uint64_t index = 0;

  Gradients gradients = {};
  double penalty = 0;
  /// New values that layers proposed during forward, such as moving averages.
  std::unordered_map<Parameter*, Tensor> updates = {};

  /// Assigns the proposed values.
  void commit() {
    for (auto& [parameter, value] : updates) parameter->assign(std::move(value));
    updates.clear();
  }
};

}  // namespace keratin::inline KERATIN_VARIANT
