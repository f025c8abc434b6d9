#pragma once

#include <string_view>

#include "configurable.hpp"
#include "registry.hpp"
#include "spec.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Projects a weight back after each optimizer step (keras.constraints).
class Constraint : public Configurable {
 public:
  static constexpr std::string_view kind = "constraint";
  std::string_view module() const override { return "keras.constraints"; }
  /// Changes `weight` in place.
  virtual void apply(Tensor& weight) const = 0;
};

extern template class Spec<Constraint>;
template <>
Registry<const Constraint>& Registry<const Constraint>::instance();

}  // namespace keratin::inline KERATIN_VARIANT
