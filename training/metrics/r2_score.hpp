#pragma once

#include <optional>

#include "metric.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

struct R2ScoreOptions {
  /// None: a score for each column; "uniform_average"; "variance_weighted_average".
  std::optional<std::string> class_aggregation = "uniform_average";
  /// Of the adjusted score, where it is not 0: the number of independent regressors.
  Dim num_regressors = 0;
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};

/// 1 - (sum of squared residuals) / (sum of squared distances from the mean), from (samples,
/// columns) (keras.metrics.R2Score). Throws ValueError for other words and negative numbers.
class R2Score final : public WithMetricOptions<R2Score, R2ScoreOptions> {
 public:
  static constexpr std::string_view keras_name = "R2Score";
  static constexpr std::string_view default_name = "r2_score";
  R2Score() : R2Score(R2ScoreOptions{}) {}
  explicit R2Score(R2ScoreOptions options);

  Direction direction() const override { return Direction::up; }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override;
  BasicTensor<double> results() const override;

 private:
  /// The score for the number of regressors.
  double adjusted(double score) const;
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
