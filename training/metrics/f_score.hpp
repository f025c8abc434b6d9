#pragma once

#include <optional>

#include "metric.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// The harmonic mean of precision and recall, from (samples, classes). What FBetaScore and F1Score
/// share.
class FScore : public Metric {
 public:
  Direction direction() const override { return Direction::up; }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override;
  BasicTensor<double> results() const override;

 protected:
  /// Throws ValueError in Keras's words.
  void prepare(std::optional<std::string> average, double beta, std::optional<double> threshold);

 private:
  void make_variables(std::size_t classes);
  /// Whether each prediction of a row counts as positive.
  std::vector<bool> positives(const real* row, std::size_t classes) const;

  std::optional<std::string> average_;
  double beta_ = 1;
  std::optional<double> threshold_;
};

struct FBetaScoreOptions {
  /// None: a score for each class; "micro": one over all classes together; "macro": the mean of the
  /// classes; "weighted": weighted by how often they are true.
  std::optional<std::string> average = {};
  /// The weight of recall; positive.
  double beta = 1;
  /// Predictions above it count as positive, in (0, 1]. None: the largest of each row.
  std::optional<double> threshold = {};
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};

/// (1 + beta^2) precision recall / (beta^2 precision + recall) (keras.metrics.FBetaScore).
class FBetaScore final : public WithMetricOptions<FBetaScore, FBetaScoreOptions, FScore> {
 public:
  static constexpr std::string_view keras_name = "FBetaScore";
  static constexpr std::string_view default_name = "fbeta_score";
  FBetaScore() : FBetaScore(FBetaScoreOptions{}) {}
  explicit FBetaScore(FBetaScoreOptions options);
};

struct F1ScoreOptions {
  std::optional<std::string> average = {};
  std::optional<double> threshold = {};
  std::string name = {};
  std::string dtype = "float32";
  void describe(Fields& fields);
};

/// FBetaScore with beta 1 (keras.metrics.F1Score).
class F1Score final : public WithMetricOptions<F1Score, F1ScoreOptions, FScore> {
 public:
  static constexpr std::string_view keras_name = "F1Score";
  static constexpr std::string_view default_name = "f1_score";
  F1Score() : F1Score(F1ScoreOptions{}) {}
  explicit F1Score(F1ScoreOptions options);
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
