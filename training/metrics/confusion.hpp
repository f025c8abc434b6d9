#pragma once

#include <array>
#include <optional>
#include <vector>

#include "../../layers/preprocessing/rescaling.hpp"
#include "metric.hpp"

// Counting how labels and predictions agree, which many metrics rest on.
namespace keratin::inline KERATIN_VARIANT::metrics {

using layers::Numbers;

/// The cells of a binary confusion matrix.
enum class Cell { true_positives, false_positives, true_negatives, false_negatives };

/// What predictions have to exceed to count as positive.
class Thresholds {
 public:
  /// `given`, one or several in [0, 1], or `otherwise` where there are none. Throws ValueError in
  /// Keras's words.
  Thresholds(const std::optional<Numbers>& given, double otherwise);
  /// Taken as they are.
  explicit Thresholds(std::vector<double> values);

  std::size_t size() const { return values_.size(); }
  double operator[](std::size_t i) const { return values_[i]; }
  const std::vector<double>& values() const { return values_; }
  /// Whether they lie as 0, 1 / (n - 1), ..., 1: predictions are then sorted into buckets.
  bool is_even() const { return even_; }

 private:
  std::vector<double> values_;
  bool even_;
};

struct Counting {
  const Thresholds& thresholds;
  /// Only the so many largest predictions of each row count as positive.
  std::optional<Dim> top_k = {};
  /// Only this class of the last axis counts.
  std::optional<Dim> class_id = {};
  /// Count each label of the last axis for itself: predictions are (samples, labels).
  bool multi_label = false;
  /// A weight for each label of the last axis; empty: 1.
  std::vector<double> label_weights = {};
};

/// The four counts, each (thresholds) or (thresholds, labels), row-major.
using Counts = std::array<std::vector<double>, 4>;

/// Counts a batch, each prediction by its weight. y_true counts as positive where it is not 0.
/// Throws ShapeError where the shapes do not fit; `metric` begins the message.
Counts count(std::string_view metric, const Counting& how, Tensor y_true, Tensor y_pred,
             const Tensor* sample_weight);

/// a / b, 0 where b is 0.
double ratio(double a, double b);

/// A metric's variables, which hold some of the counts.
void add_counts(std::vector<Metric::Variable>& variables, const std::vector<Cell>& cells,
                const Counts& counts);
/// Variables of zeros of this shape, named as Keras names the cells.
std::vector<Metric::Variable> count_variables(const std::vector<Cell>& cells, const Shape& shape);

}  // namespace keratin::inline KERATIN_VARIANT::metrics
