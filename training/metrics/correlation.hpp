#pragma once

#include "mean.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

struct CorrelationOptions {
  std::string name = {};
  std::string dtype = "float32";
  /// Along which y_true and y_pred are compared.
  Dim axis = -1;
  void describe(Fields& fields);
};

/// The mean of Pearson's correlation coefficients (keras.metrics.PearsonCorrelation).
class PearsonCorrelation final
    : public WithMetricOptions<PearsonCorrelation, CorrelationOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "PearsonCorrelation";
  static constexpr std::string_view default_name = "pearson_correlation";
  using WithMetricOptions::WithMetricOptions;
  Direction direction() const override { return Direction::up; }

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

/// The mean of Lin's concordance coefficients (keras.metrics.ConcordanceCorrelation).
class ConcordanceCorrelation final
    : public WithMetricOptions<ConcordanceCorrelation, CorrelationOptions, MeanMetric> {
 public:
  static constexpr std::string_view keras_name = "ConcordanceCorrelation";
  static constexpr std::string_view default_name = "concordance_correlation";
  using WithMetricOptions::WithMetricOptions;
  Direction direction() const override { return Direction::up; }

 protected:
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
