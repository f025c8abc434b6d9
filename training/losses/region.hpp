#pragma once

#include "../../framework/axes.hpp"
#include "../../framework/number.hpp"
#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

/// A loss of how much the regions overlap that y_true and y_pred mark with values in [0, 1]; over
/// `axis`, or everything where it is none.
class RegionLoss : public Loss {
 protected:
  /// The sums of t p, t and p over a region.
  struct Sums {
    double both = 0, t = 0, p = 0;
  };
  /// The loss, and its derivative in an element: constant + slope t.
  struct Value {
    double value, constant, slope;
  };
  virtual Value of(const Sums& sums) const = 0;
  virtual const std::optional<Axes>& axes() const = 0;
  Shape values_shape(const Shape& shape) const final;
  void compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
               const Tensor& coefficients, Tensor* gradient) const final;

 private:
  std::vector<bool> reduced(std::size_t rank) const;
};

struct DiceOptions {
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<Axes> axis = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// 1 - 2 sum(t p) / (sum(t) + sum(p) + 1e-7)
class Dice final : public WithLossOptions<Dice, DiceOptions, RegionLoss> {
 public:
  static constexpr std::string_view keras_name = "Dice";
  static constexpr std::string_view default_name = "dice";
  using WithLossOptions::WithLossOptions;

 protected:
  Value of(const Sums& sums) const override;
  const std::optional<Axes>& axes() const override { return options_.axis; }
};

struct TverskyOptions {
  Number alpha = 0.5;
  Number beta = 0.5;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<Axes> axis = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// 1 - i / (i + alpha sum(t (1 - p)) + beta sum(p (1 - t)) + 1e-7), i = sum(t p).
class Tversky final : public WithLossOptions<Tversky, TverskyOptions, RegionLoss> {
 public:
  static constexpr std::string_view keras_name = "Tversky";
  static constexpr std::string_view default_name = "tversky";
  using WithLossOptions::WithLossOptions;

 protected:
  Value of(const Sums& sums) const override;
  const std::optional<Axes>& axes() const override { return options_.axis; }
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
