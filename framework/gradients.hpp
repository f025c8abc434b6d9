#pragma once

#include <unordered_map>

#include "parameter.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// The gradient of one step with respect to each parameter that took part in it.
class Gradients {
 public:
  /// Adds `gradient` to what is already stored for `parameter`.
  void add(const Parameter& parameter, Tensor gradient);
  /// Null where `parameter` took no part.
  const Tensor* find(const Parameter& parameter) const;
  Tensor* find(const Parameter& parameter);

 private:
  std::unordered_map<const Parameter*, Tensor> by_parameter_;
};

}  // namespace keratin::inline KERATIN_VARIANT
