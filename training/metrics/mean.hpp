#pragma once

#include "metric.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// The weighted mean, over all samples so far, of what subclasses compute for each sample.
class MeanMetric : public Metric {
 public:
  MeanMetric();
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override;
  BasicTensor<double> results() const override;

 protected:
  /// One value for each sample, or for each position of a sample.
  virtual Tensor values(const Tensor& y_true, const Tensor& y_pred) const = 0;
  /// Takes in values whose first axis is the samples; a sample's values are averaged first.
  void add(Tensor values, const Tensor* sample_weight);
};

/// The weighted mean of the values themselves.
class Mean final : public WithMetricOptions<Mean, MetricOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "Mean";
  static constexpr std::string_view default_name = "mean";
  using MeanMetric::update_state;
  using WithMetricOptions::WithMetricOptions;
  void update_state(const Tensor& values, const Tensor* sample_weight = nullptr) {
    add(values, sample_weight);
  }

 protected:
  Tensor values(const Tensor& y_true, const Tensor&) const override { return y_true; }
};

/// The weighted sum of the values.
class Sum final : public WithMetricOptions<Sum, MetricOptions> {
 public:
  static constexpr std::string_view keras_name = "Sum";
  static constexpr std::string_view default_name = "sum";
  Sum() : Sum(MetricOptions{}) {}
  explicit Sum(MetricOptions options);
  void update_state(const Tensor& values, const Tensor* sample_weight = nullptr);
  void update_state(const Tensor& values, const Tensor&, const Tensor* sample_weight) override {
    update_state(values, sample_weight);
  }
  BasicTensor<double> results() const override { return variables_[0].value; }
};

/// Values and weights, reduced to one of each per sample.
struct Samples {
  std::vector<double> values;  ///< already weighted
  double weight = 0;           ///< the sum over the samples
};
enum class Reduce { mean, sum };
/// As keras.src.metrics.reduction_metrics. Throws ShapeError where the weights don't fit.
Samples samplewise(Tensor values, const Tensor* sample_weight, Reduce reduce);

}  // namespace keratin::inline KERATIN_VARIANT::metrics
