#pragma once

#include <cstdint>

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Bounds the weights that layers may make in this thread while it lives. A file of a few bytes can
/// ask for any number of units; what its weights cannot fill is not made.
class WeightBudget {
 public:
  explicit WeightBudget(std::uint64_t elements);
  ~WeightBudget();
  WeightBudget(const WeightBudget&) = delete;
  WeightBudget& operator=(const WeightBudget&) = delete;

  /// Takes a weight of this shape from the innermost budget; false where it holds no more. Without
  /// a budget there is no bound.
  static bool take(const Shape& shape);

 private:
  std::uint64_t left_;
  WeightBudget* outer_;
};

}  // namespace keratin::inline KERATIN_VARIANT
