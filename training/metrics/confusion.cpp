#include "confusion.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "../../framework/base/error.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

constexpr double excluded = -1e10;

/// As numpy.allclose with the epsilon of Keras.
bool lie_evenly(const std::vector<double>& values) {
  if (values.size() < 3) return false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double even = static_cast<double>(i) / static_cast<double>(values.size() - 1);
    if (!(std::abs(values[i] - even) <= 1e-7 + 1e-5 * even)) return false;
  }
  return true;
}

/// Leaves the k largest of each row, of equal ones the first.
void keep_top(Tensor& predictions, Dim k) {
  const std::size_t length = predictions.shape(predictions.dimension() - 1);
  std::vector<std::size_t> order(length);
  for (std::size_t begin = 0; begin < predictions.size(); begin += length) {
    real* const row = predictions.data() + begin;
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return row[a] > row[b]; });
    for (std::size_t i = static_cast<std::size_t>(k); i < length; ++i)
      row[order[i]] = static_cast<real>(excluded);
  }
}

/// One class of the last axis, which stays with size 1.
Tensor only_class(std::string_view metric, const Tensor& tensor, Dim class_id) {
  Shape shape = shape_of(tensor);
  if (shape.size() < 2) {
    throw ShapeError(concat("Metric '", metric,
                            "': When class_id is provided, y_pred must be a 2D ",
                            "array with shape (num_samples, num_classes), found shape: ", shape));
  }
  const Dim classes = shape.back();
  if (class_id < 0 || class_id >= classes) {
    throw ShapeError(concat("Metric '", metric, "': class_id ", class_id,
                            " is out of range, which ", "is [0, ", classes, ")."));
  }
  shape.back() = 1;
  Tensor chosen = empty(shape);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen.data()[i] =
        tensor.data()[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(class_id)];
  return chosen;
}

/// Adds up what predictions exceed, threshold by threshold.
class Counter {
 public:
  Counter(const Thresholds& thresholds, std::size_t labels)
      : thresholds_(thresholds),
        labels_(labels),
        positives_{sums(thresholds.size() * labels), sums(thresholds.size() * labels)},
        totals_{sums(labels), sums(labels)} {}

  void add(bool truth, double prediction, double weight, std::size_t label) {
    const std::size_t t = truth ? 1 : 0;
    totals_[t][label] += weight;
    if (thresholds_.is_even()) {
      const std::ptrdiff_t bucket = bucket_of(prediction);
      if (bucket >= 0) positives_[t][static_cast<std::size_t>(bucket) * labels_ + label] += weight;
      return;
    }
    for (std::size_t i = 0; i < thresholds_.size(); ++i)
      if (prediction > thresholds_[i]) positives_[t][i * labels_ + label] += weight;
  }

  Counts counts() {
    if (thresholds_.is_even()) {
      // Who exceeds a threshold exceeds all below it.
      for (auto& sums : positives_)
        for (std::size_t i = sums.size() - labels_; i-- > 0;) sums[i] += sums[i + labels_];
    }
    Counts counts{positives_[1], positives_[0], positives_[0], positives_[1]};
    for (std::size_t i = 0; i < positives_[0].size(); ++i) {
      counts[2][i] = totals_[0][i % labels_] - positives_[0][i];
      counts[3][i] = totals_[1][i % labels_] - positives_[1][i];
    }
    return counts;
  }

 private:
  static std::vector<double> sums(std::size_t size) { return std::vector<double>(size, 0.0); }

  /// The last of the even thresholds that `prediction` exceeds; -1 for none.
  std::ptrdiff_t bucket_of(double prediction) const {
    const double last = static_cast<double>(thresholds_.size() - 1);
    const double clipped = std::clamp(prediction, 0.0, 1.0);
    const auto bucket = static_cast<std::ptrdiff_t>(std::ceil(clipped * last)) - 1;
    // Ends beyond 0 and 1 are there for every prediction to exceed the first.
    const bool has_room = thresholds_[0] < 0 || thresholds_[thresholds_.size() - 1] > 1;
    return has_room ? std::max<std::ptrdiff_t>(bucket, 0) : bucket;
  }

  const Thresholds& thresholds_;
  std::size_t labels_;
  std::array<std::vector<double>, 2> positives_, totals_;  // of false and of true labels
};

const char* name_of(Cell cell) {
  constexpr const char* names[] = {"true_positives", "false_positives", "true_negatives",
                                   "false_negatives"};
  return names[static_cast<std::size_t>(cell)];
}

}  // namespace

Thresholds::Thresholds(const std::optional<Numbers>& given, double otherwise) {
  if (!given || given->values().empty()) {
    values_ = {otherwise};
  } else {
    std::string invalid;
    for (const double value : given->values()) {
      values_.push_back(value);
      if (!(value >= 0 && value <= 1)) invalid += concat(invalid.empty() ? "" : ", ", value);
    }
    if (!invalid.empty()) {
      throw ValueError(concat("Threshold values must be in [0, 1]. Received: [", invalid, "]"));
    }
  }
  even_ = lie_evenly(values_);
}

Thresholds::Thresholds(std::vector<double> values)
    : values_(std::move(values)), even_(lie_evenly(values_)) {}

Counts count(std::string_view metric, const Counting& how, Tensor y_true, Tensor y_pred,
             const Tensor* sample_weight) {
  match_ranks(y_true, y_pred);
  if (y_true.shape() != y_pred.shape()) {
    throw ShapeError(concat("Metric '", metric, "': y_true and y_pred must have the same shape.",
                            " Received: y_true.shape=", shape_of(y_true),
                            ", y_pred.shape=", shape_of(y_pred)));
  }
  if (how.multi_label && y_pred.dimension() != 2) {
    throw ShapeError(concat("Metric '", metric, "': `y_pred` must have rank 2 when ",
                            "`multi_label=True`. Found rank ", y_pred.dimension(),
                            ". Full shape received for `y_pred`: ", shape_of(y_pred)));
  }
  if (how.top_k && y_pred.dimension() > 0) keep_top(y_pred, *how.top_k);
  if (how.class_id) {
    y_true = only_class(metric, y_true, *how.class_id);
    y_pred = only_class(metric, y_pred, *how.class_id);
  }
  const Shape shape = shape_of(y_pred);
  const std::size_t last = shape.empty() ? 1 : static_cast<std::size_t>(shape.back());
  if (!how.label_weights.empty() && how.label_weights.size() != last) {
    throw ShapeError(concat("Metric '", metric, "': there are ", how.label_weights.size(),
                            " label_weights. y_pred has the shape ", shape));
  }
  std::vector<double> weights;
  if (sample_weight) weights = elementwise_weights(*sample_weight, shape);
  Counter counter(how.thresholds, how.multi_label ? last : 1);
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    const std::size_t label = i % last;
    double weight = weights.empty() ? 1 : weights[i];
    if (!how.label_weights.empty() && !how.multi_label) weight *= how.label_weights[label];
    counter.add(y_true.data()[i] != 0, double{y_pred.data()[i]}, weight,
                how.multi_label ? label : 0);
  }
  return counter.counts();
}

double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

void add_counts(std::vector<Metric::Variable>& variables, const std::vector<Cell>& cells,
                const Counts& counts) {
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::vector<double>& added = counts[static_cast<std::size_t>(cells[k])];
    BasicTensor<double>& sums = variables[k].value;
    for (std::size_t i = 0; i < added.size(); ++i) sums.data()[i] += added[i];
  }
}

std::vector<Metric::Variable> count_variables(const std::vector<Cell>& cells, const Shape& shape) {
  std::vector<Metric::Variable> variables;
  for (const Cell cell : cells) {
    BasicTensor<double> zero = empty_tensor<double>(shape);
    zero.fill(0);
    variables.push_back({name_of(cell), std::move(zero)});
  }
  return variables;
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
