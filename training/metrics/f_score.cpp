#include "f_score.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/fields_impl.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

constexpr double epsilon = 1e-7;
constexpr const char* names[] = {"true_positives", "false_positives", "false_negatives",
                                 "intermediate_weights"};

}  // namespace

void FScore::prepare(std::optional<std::string> average, double beta,
                     std::optional<double> threshold) {
  if (average && *average != "micro" && *average != "macro" && *average != "weighted") {
    throw ValueError(concat("Invalid `average` argument value. Expected one of: {None, 'micro', ",
                            "'macro', 'weighted'}. Received: average=", *average));
  }
  if (!(beta > 0)) {
    throw ValueError(
        concat("Invalid `beta` argument value. It should be > 0. Received: beta=", beta));
  }
  if (threshold && !(*threshold > 0 && *threshold <= 1)) {
    throw ValueError(concat("Invalid `threshold` argument value. It should verify 0 < threshold ",
                            "<= 1. Received: threshold=", *threshold));
  }
  average_ = std::move(average);
  beta_ = beta;
  threshold_ = threshold;
}

void FScore::make_variables(std::size_t classes) {
  const Shape shape = average_ == "micro" ? Shape{} : Shape{static_cast<Dim>(classes)};
  for (const char* name : names) {
    BasicTensor<double> zero = empty_tensor<double>(shape);
    zero.fill(0);
    variables_.push_back({name, std::move(zero)});
  }
}

std::vector<bool> FScore::positives(const real* row, std::size_t classes) const {
  std::vector<bool> positive(classes);
  const real largest = *std::max_element(row, row + classes);
  for (std::size_t c = 0; c < classes; ++c) {
    // A row of zeros has no largest one.
    positive[c] = threshold_ ? row[c] > static_cast<real>(*threshold_)
                             : row[c] >= largest && std::abs(row[c]) > real(1e-9);
  }
  return positive;
}

void FScore::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor* sample_weight) {
  if (y_true.dimension() != 2 || y_true.shape() != y_pred.shape() || y_pred.shape(1) == 0) {
    throw ShapeError(concat("FBetaScore expects 2D inputs with shape (batch_size, output_dim). ",
                            "Received input shapes: y_pred.shape=", shape_of(y_pred),
                            " and y_true.shape=", shape_of(y_true), "."));
  }
  const std::size_t classes = y_pred.shape(1);
  if (variables_.empty()) make_variables(classes);
  const std::size_t kept = variables_[0].value.size();
  if (kept != 1 && kept != classes) {
    throw ShapeError(concat("Metric '", name(), "' has counts of ", kept,
                            " classes. Received: ", "y_pred.shape=", shape_of(y_pred)));
  }
  const auto samples = static_cast<Dim>(y_pred.shape(0));
  std::vector<double> weights(y_pred.shape(0), 1.0);
  if (sample_weight) weights = elementwise_weights(*sample_weight, {samples});
  for (std::size_t i = 0; i < y_pred.shape(0); ++i) {
    const real* const truth = y_true.data() + i * classes;
    const auto positive = positives(y_pred.data() + i * classes, classes);
    for (std::size_t c = 0; c < classes; ++c) {
      const double t = double{truth[c]}, p = positive[c] ? 1 : 0;
      const double terms[] = {p * t, p * (1 - t), (1 - p) * t, t};
      for (std::size_t k = 0; k < std::size(terms); ++k)
        variables_[k].value.data()[kept == 1 ? 0 : c] += weights[i] * terms[k];
    }
  }
}

BasicTensor<double> FScore::results() const {
  if (variables_.empty()) return empty_tensor<double>({0});
  BasicTensor<double> scores = variables_[0].value;
  double sum = 0, weighted = 0, weight = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    const auto at = [&](std::size_t k) { return variables_[k].value.data()[c]; };
    const double precision = at(0) / (at(0) + at(1) + epsilon);
    const double recall = at(0) / (at(0) + at(2) + epsilon);
    const double score =
        (1 + beta_ * beta_) * (precision * recall / (beta_ * beta_ * precision + recall + epsilon));
    scores.data()[c] = score;
    sum += score;
    weighted += score * at(3);
    weight += at(3);
  }
  if (!average_) return scores;
  BasicTensor<double> result = empty_tensor<double>({});
  result.data()[0] = average_ == "weighted" ? weighted / (weight + epsilon)
                                            : sum / static_cast<double>(scores.size());
  return result;
}

void FBetaScoreOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("average", average)("beta", beta)("threshold", threshold);
}

FBetaScore::FBetaScore(FBetaScoreOptions options) : WithMetricOptions(std::move(options)) {
  prepare(options_.average, options_.beta, options_.threshold);
}

void F1ScoreOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("average", average)("threshold", threshold);
}

F1Score::F1Score(F1ScoreOptions options) : WithMetricOptions(std::move(options)) {
  prepare(options_.average, 1, options_.threshold);
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
