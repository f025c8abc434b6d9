#pragma once

#include <string_view>

#include "configurable.hpp"
#include "registry.hpp"
#include "spec.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Gives a new weight its first value (keras.initializers).
class Initializer : public Configurable {
 public:
  static constexpr std::string_view kind = "initializer";
  std::string_view module() const override { return "keras.initializers"; }
  /// The same object gives the same values for the same shape each time.
  virtual Tensor operator()(const Shape& shape) const = 0;
};

extern template class Spec<Initializer>;
template <>
Registry<const Initializer>& Registry<const Initializer>::instance();

}  // namespace keratin::inline KERATIN_VARIANT
