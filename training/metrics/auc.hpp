#pragma once

#include "confusion.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

struct AUCOptions {
  /// At least 2.
  Dim num_thresholds = 200;
  /// "ROC" (recall over the share of false positives) or "PR" (precision over recall).
  std::string curve = "ROC";
  /// "interpolation", or a bound from above ("majoring") or below ("minoring").
  std::string summation_method = "interpolation";
  std::string name = {};
  std::string dtype = "float32";
  /// In place of the even ones; 0 and 1 are added.
  std::optional<Numbers> thresholds = {};
  /// An area for each label of (samples, labels), of which the result is the mean.
  bool multi_label = false;
  /// The number of labels, where the state shall be there before the first batch.
  std::optional<Dim> num_labels = {};
  /// A weight for each label: of the areas with `multi_label`, of the predictions without.
  std::optional<Numbers> label_weights = {};
  /// Whether predictions are logits, of which the sigmoid counts.
  bool from_logits = false;
  void describe(Fields& fields);
};

/// The area under a curve that thresholds draw (keras.metrics.AUC). Throws ValueError for other
/// words, fewer than 2 thresholds and `num_labels` without `multi_label`.
class AUC final : public WithMetricOptions<AUC, AUCOptions> {
 public:
  static constexpr std::string_view keras_name = "AUC";
  AUC() : AUC(AUCOptions{}) {}
  explicit AUC(AUCOptions options);

  Direction direction() const override { return Direction::up; }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor* sample_weight = nullptr) override;
  BasicTensor<double> results() const override;

 private:
  struct Point {
    double tp, fp, tn, fn;
  };
  void make_variables(std::optional<Dim> labels);
  std::vector<double> weights_of_labels() const;
  /// What lies between two thresholds, the lower one first.
  double piece(const Point& low, const Point& high) const;
  double area(std::size_t label, std::size_t labels) const;

  Thresholds thresholds_{std::vector<double>{}};
};

}  // namespace keratin::inline KERATIN_VARIANT::metrics
