#pragma once

#include "../framework/initializer.hpp"
#include "../framework/number.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

/// All elements 0.
class Zeros final : public WithOptions<Zeros, NoOptions, Initializer> {
 public:
  static constexpr std::string_view keras_name = "Zeros";
  using WithOptions::WithOptions;
  Tensor operator()(const Shape& shape) const override { return zeros(shape); }
};

/// All elements 1.
class Ones final : public WithOptions<Ones, NoOptions, Initializer> {
 public:
  static constexpr std::string_view keras_name = "Ones";
  using WithOptions::WithOptions;
  Tensor operator()(const Shape& shape) const override { return full(shape, 1); }
};

struct ConstantOptions {
  Number value = 0.0;
  void describe(Fields& fields);
};

/// All elements `value`.
class Constant final : public WithOptions<Constant, ConstantOptions, Initializer> {
 public:
  static constexpr std::string_view keras_name = "Constant";
  using WithOptions::WithOptions;
  Tensor operator()(const Shape& shape) const override {
    return full(shape, static_cast<real>(options_.value));
  }
};

struct IdentityOptions {
  Number gain = 1.0;
  void describe(Fields& fields);
};

/// `gain` on the main diagonal of a matrix, 0 elsewhere. Throws ValueError for other ranks.
class Identity final : public WithOptions<Identity, IdentityOptions, Initializer> {
 public:
  static constexpr std::string_view keras_name = "Identity";
  using WithOptions::WithOptions;
  Tensor operator()(const Shape& shape) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::initializers
