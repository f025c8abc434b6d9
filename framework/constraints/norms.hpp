#pragma once

#include "../axes.hpp"
#include "../constraint.hpp"
#include "../number.hpp"

namespace keratin::inline KERATIN_VARIANT::constraints {

struct MaxNormOptions {
  Number max_value = 2;
  /// The axes along which a norm is taken: 0 for the columns of a Dense kernel, {0, 1, 2} for a
  /// Conv2D kernel, {0, 1} for a depthwise one.
  Axes axis = 0;
  void describe(Fields& fields);
};

/// w clip(|w|, 0, max_value) / (1e-7 + |w|), |w| the L2 norm along `axis`.
class MaxNorm final : public WithOptions<MaxNorm, MaxNormOptions, Constraint> {
 public:
  static constexpr std::string_view keras_name = "MaxNorm";
  using WithOptions::WithOptions;
  void apply(Tensor& weight) const override;
};

struct MinMaxNormOptions {
  Number min_value = 0.0;
  Number max_value = 1.0;
  /// How much of the way to the bound is gone in one step, in [0, 1].
  Number rate = 1.0;
  Axes axis = 0;
  void describe(Fields& fields);
};

/// w (rate clip(|w|, min_value, max_value) + (1 - rate) |w|) / (1e-7 + |w|).
class MinMaxNorm final : public WithOptions<MinMaxNorm, MinMaxNormOptions, Constraint> {
 public:
  static constexpr std::string_view keras_name = "MinMaxNorm";
  using WithOptions::WithOptions;
  void apply(Tensor& weight) const override;
};

struct UnitNormOptions {
  Axes axis = 0;
  void describe(Fields& fields);
};

/// w / (1e-7 + |w|).
class UnitNorm final : public WithOptions<UnitNorm, UnitNormOptions, Constraint> {
 public:
  static constexpr std::string_view keras_name = "UnitNorm";
  using WithOptions::WithOptions;
  void apply(Tensor& weight) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::constraints
