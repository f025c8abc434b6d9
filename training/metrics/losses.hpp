#pragma once

#include <optional>

#include "../../framework/number.hpp"
#include "../losses/crossentropy.hpp"
#include "../losses/hinge.hpp"
#include "../losses/regression.hpp"
#include "mean.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// The mean of a loss's values. `LossType` has the formula.
template <class Derived, class LossType>
class LossMetric : public WithMetricOptions<Derived, MetricOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = LossType::keras_name;
  static constexpr std::string_view default_name = LossType::default_name;
  using WithMetricOptions<Derived, MetricOptions, MeanMetric>::WithMetricOptions;
  Metric::Direction direction() const override { return Metric::Direction::down; }

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override {
    return loss_.values(y_true, y_pred);
  }

 private:
  LossType loss_;
};

class MeanSquaredError final : public LossMetric<MeanSquaredError, losses::MeanSquaredError> {
 public:
  using LossMetric::LossMetric;
};
class MeanAbsoluteError final : public LossMetric<MeanAbsoluteError, losses::MeanAbsoluteError> {
 public:
  using LossMetric::LossMetric;
};
class MeanAbsolutePercentageError final
    : public LossMetric<MeanAbsolutePercentageError, losses::MeanAbsolutePercentageError> {
 public:
  using LossMetric::LossMetric;
};
class MeanSquaredLogarithmicError final
    : public LossMetric<MeanSquaredLogarithmicError, losses::MeanSquaredLogarithmicError> {
 public:
  using LossMetric::LossMetric;
};
class LogCoshError final : public LossMetric<LogCoshError, losses::LogCosh> {
 public:
  static constexpr std::string_view keras_name = "LogCoshError";
  static constexpr std::string_view default_name = "logcosh";
  using LossMetric::LossMetric;
};
class Poisson final : public LossMetric<Poisson, losses::Poisson> {
 public:
  using LossMetric::LossMetric;
};
class KLDivergence final : public LossMetric<KLDivergence, losses::KLDivergence> {
 public:
  using LossMetric::LossMetric;
};
class Hinge final : public LossMetric<Hinge, losses::Hinge> {
 public:
  using LossMetric::LossMetric;
};
class SquaredHinge final : public LossMetric<SquaredHinge, losses::SquaredHinge> {
 public:
  using LossMetric::LossMetric;
};
class CategoricalHinge final : public LossMetric<CategoricalHinge, losses::CategoricalHinge> {
 public:
  using LossMetric::LossMetric;
};

/// The root of the mean of squared errors.
class RootMeanSquaredError final
    : public WithMetricOptions<RootMeanSquaredError, MetricOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "RootMeanSquaredError";
  static constexpr std::string_view default_name = "root_mean_squared_error";
  Direction direction() const override { return Direction::down; }
  using WithMetricOptions::WithMetricOptions;
  BasicTensor<double> results() const override;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct CosineSimilarityOptions {
  std::string name = {};
  std::string dtype = "float32";
  Dim axis = -1;
  void describe(Fields& fields);
};

/// The mean cosine (the loss of that name is minus that).
class CosineSimilarity final
    : public WithMetricOptions<CosineSimilarity, CosineSimilarityOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "CosineSimilarity";
  static constexpr std::string_view default_name = "cosine_similarity";
  Direction direction() const override { return Direction::up; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct BinaryCrossentropyOptions {
  std::string name = {};
  std::string dtype = "float32";
  bool from_logits = false;
  Number label_smoothing = 0;
  void describe(Fields& fields);
};

class BinaryCrossentropy final
    : public WithMetricOptions<BinaryCrossentropy, BinaryCrossentropyOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "BinaryCrossentropy";
  static constexpr std::string_view default_name = "binary_crossentropy";
  Direction direction() const override { return Direction::down; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct CategoricalCrossentropyOptions {
  std::string name = {};
  std::string dtype = "float32";
  bool from_logits = false;
  Number label_smoothing = 0;
  Dim axis = -1;
  void describe(Fields& fields);
};

class CategoricalCrossentropy final
    : public WithMetricOptions<CategoricalCrossentropy, CategoricalCrossentropyOptions,
                               MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "CategoricalCrossentropy";
  static constexpr std::string_view default_name = "categorical_crossentropy";
  Direction direction() const override { return Direction::down; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct SparseCategoricalCrossentropyOptions {
  std::string name = {};
  std::string dtype = "float32";
  bool from_logits = false;
  std::optional<Dim> ignore_class = {};
  Dim axis = -1;
  void describe(Fields& fields);
};

class SparseCategoricalCrossentropy final
    : public WithMetricOptions<SparseCategoricalCrossentropy, SparseCategoricalCrossentropyOptions,
                               MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "SparseCategoricalCrossentropy";
  static constexpr std::string_view default_name = "sparse_categorical_crossentropy";
  Direction direction() const override { return Direction::down; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
