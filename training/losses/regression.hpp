#pragma once

#include "../../framework/number.hpp"
#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

/// The mean over a row of a function of two numbers: `Derived::element(t, p, slope)` returns it and
/// its derivative in p.
template <class Derived, class OptionsType = LossOptions>
class ElementLoss : public WithLossOptions<Derived, OptionsType> {
 public:
  using WithLossOptions<Derived, OptionsType>::WithLossOptions;

 protected:
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const final;
};

/// mean (p - t)^2
class MeanSquaredError final : public ElementLoss<MeanSquaredError> {
 public:
  static constexpr std::string_view keras_name = "MeanSquaredError";
  static constexpr std::string_view default_name = "mean_squared_error";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

/// mean |p - t|
class MeanAbsoluteError final : public ElementLoss<MeanAbsoluteError> {
 public:
  static constexpr std::string_view keras_name = "MeanAbsoluteError";
  static constexpr std::string_view default_name = "mean_absolute_error";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

/// 100 mean |p - t| / max(|t|, 1e-7)
class MeanAbsolutePercentageError final : public ElementLoss<MeanAbsolutePercentageError> {
 public:
  static constexpr std::string_view keras_name = "MeanAbsolutePercentageError";
  static constexpr std::string_view default_name = "mean_absolute_percentage_error";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

/// mean (log(max(p, 1e-7) + 1) - log(max(t, 1e-7) + 1))^2
class MeanSquaredLogarithmicError final : public ElementLoss<MeanSquaredLogarithmicError> {
 public:
  static constexpr std::string_view keras_name = "MeanSquaredLogarithmicError";
  static constexpr std::string_view default_name = "mean_squared_logarithmic_error";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

/// mean log(cosh(p - t))
class LogCosh final : public ElementLoss<LogCosh> {
 public:
  static constexpr std::string_view keras_name = "LogCosh";
  static constexpr std::string_view default_name = "log_cosh";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

/// mean p - t log(p + 1e-7)
class Poisson final : public ElementLoss<Poisson> {
 public:
  static constexpr std::string_view keras_name = "Poisson";
  static constexpr std::string_view default_name = "poisson";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

struct HuberOptions {
  /// Where the loss turns from quadratic to linear.
  Number delta = 1.0;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// With e = |p - t|: mean of e^2 / 2 where e <= delta, else delta e - delta^2 / 2.
class Huber final : public ElementLoss<Huber, HuberOptions> {
 public:
  static constexpr std::string_view keras_name = "Huber";
  static constexpr std::string_view default_name = "huber_loss";
  using ElementLoss::ElementLoss;
  real element(real t, real p, real& slope) const;
};

struct CosineSimilarityOptions {
  Dim axis = -1;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// Minus the cosine between t and p along `axis`, in [-1, 1]; 0 where one of them is 0.
class CosineSimilarity final : public WithLossOptions<CosineSimilarity, CosineSimilarityOptions> {
 public:
  static constexpr std::string_view keras_name = "CosineSimilarity";
  static constexpr std::string_view default_name = "cosine_similarity";
  using WithLossOptions::WithLossOptions;

 protected:
  Dim axis() const override { return options_.axis; }
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
