#pragma once

#include "../constraint.hpp"

namespace keratin::inline KERATIN_VARIANT::constraints {

/// max(w, 0).
class NonNeg final : public WithOptions<NonNeg, NoOptions, Constraint> {
 public:
  static constexpr std::string_view keras_name = "NonNeg";
  using WithOptions::WithOptions;
  void apply(Tensor& weight) const override {
    for (real& value : weight)
      if (value < 0) value = 0;
  }
};

}  // namespace keratin::inline KERATIN_VARIANT::constraints
