#pragma once

#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

/// mean max(1 - t p, 0), t = -1 or 1; targets that are all 0 or 1 are taken as -1 and 1.
class Hinge final : public WithLossOptions<Hinge> {
 public:
  static constexpr std::string_view keras_name = "Hinge";
  static constexpr std::string_view default_name = "hinge";
  using WithLossOptions::WithLossOptions;

 protected:
  Tensor prepared(Tensor y_true) const override;
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

/// mean max(1 - t p, 0)^2, targets as for Hinge.
class SquaredHinge final : public WithLossOptions<SquaredHinge> {
 public:
  static constexpr std::string_view keras_name = "SquaredHinge";
  static constexpr std::string_view default_name = "squared_hinge";
  using WithLossOptions::WithLossOptions;

 protected:
  Tensor prepared(Tensor y_true) const override;
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

/// max(max((1 - t) p) - sum(t p) + 1, 0), t one-hot.
class CategoricalHinge final : public WithLossOptions<CategoricalHinge> {
 public:
  static constexpr std::string_view keras_name = "CategoricalHinge";
  static constexpr std::string_view default_name = "categorical_hinge";
  using WithLossOptions::WithLossOptions;

 protected:
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
