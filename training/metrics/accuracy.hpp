#pragma once

#include "mean.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// How often y_pred equals y_true.
class Accuracy final : public WithMetricOptions<Accuracy, MetricOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "Accuracy";
  static constexpr std::string_view default_name = "accuracy";
  Direction direction() const override { return Direction::up; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct BinaryAccuracyOptions {
  std::string name = {};
  std::string dtype = "float32";
  /// In (0, 1).
  double threshold = 0.5;
  void describe(Fields& fields);
};

/// How often y_pred > threshold where y_true is 1, and not where it is 0.
class BinaryAccuracy final
    : public WithMetricOptions<BinaryAccuracy, BinaryAccuracyOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "BinaryAccuracy";
  static constexpr std::string_view default_name = "binary_accuracy";
  Direction direction() const override { return Direction::up; }
  BinaryAccuracy() : BinaryAccuracy(BinaryAccuracyOptions{}) {}
  explicit BinaryAccuracy(BinaryAccuracyOptions options);

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

/// How often the largest of a row of y_pred stands where that of y_true does.
class CategoricalAccuracy final
    : public WithMetricOptions<CategoricalAccuracy, MetricOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "CategoricalAccuracy";
  static constexpr std::string_view default_name = "categorical_accuracy";
  Direction direction() const override { return Direction::up; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

/// How often the largest of a row of y_pred stands at the number that y_true gives.
class SparseCategoricalAccuracy final
    : public WithMetricOptions<SparseCategoricalAccuracy, MetricOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "SparseCategoricalAccuracy";
  static constexpr std::string_view default_name = "sparse_categorical_accuracy";
  Direction direction() const override { return Direction::up; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct TopKOptions {
  Dim k = 5;
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};

/// How often fewer than k of a row of y_pred are larger than the one at the largest of y_true.
class TopKCategoricalAccuracy final
    : public WithMetricOptions<TopKCategoricalAccuracy, TopKOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "TopKCategoricalAccuracy";
  static constexpr std::string_view default_name = "top_k_categorical_accuracy";
  Direction direction() const override { return Direction::up; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

struct SparseTopKOptions {
  Dim k = 5;
  std::string name = {};
  std::string dtype = "float32";
  /// Whether y_pred holds class numbers, best first, instead of scores.
  bool from_sorted_ids = false;
  void describe(Fields& fields);
};

class SparseTopKCategoricalAccuracy final
    : public WithMetricOptions<SparseTopKCategoricalAccuracy, SparseTopKOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "SparseTopKCategoricalAccuracy";
  static constexpr std::string_view default_name = "sparse_top_k_categorical_accuracy";
  Direction direction() const override { return Direction::up; }
  using WithMetricOptions::WithMetricOptions;

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
