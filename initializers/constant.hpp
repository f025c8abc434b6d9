#pragma once

#include "../framework/initializer.hpp"

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

}  // namespace keratin::inline KERATIN_VARIANT::initializers
