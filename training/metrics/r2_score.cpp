#include "r2_score.hpp"

#include <cmath>

#include "../../framework/fields_impl.hpp"
#include "weights.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

/// The places of the variables.
enum : std::size_t { num_samples, squared_sum, sum, residual, count };

BasicTensor<double> zero(const Shape& shape) {
  BasicTensor<double> tensor = empty_tensor<double>(shape);
  tensor.fill(0);
  return tensor;
}

}  // namespace

void R2ScoreOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("class_aggregation", class_aggregation)("num_regressors", num_regressors);
}

R2Score::R2Score(R2ScoreOptions options) : WithMetricOptions(std::move(options)) {
  const auto& aggregation = options_.class_aggregation;
  if (aggregation && *aggregation != "uniform_average" &&
      *aggregation != "variance_weighted_average") {
    throw ValueError(concat("Invalid value for argument `class_aggregation`. Expected one of ",
                            "(None, 'uniform_average', 'variance_weighted_average'). Received: ",
                            "class_aggregation=", *aggregation));
  }
  if (options_.num_regressors < 0) {
    throw ValueError(concat("Invalid value for argument `num_regressors`. Expected a value >= 0. ",
                            "Received: num_regressors=", options_.num_regressors));
  }
  variables_ = {{"num_samples", zero({})}};
}

void R2Score::update_state(const Tensor& y_true, const Tensor& y_pred,
                           const Tensor* sample_weight) {
  Tensor t = y_true, p = y_pred;
  match_ranks(t, p);
  if (t.dimension() != 2 || t.shape() != p.shape()) {
    throw ShapeError(concat("R2Score expects 2D inputs with shape (batch_size, output_dim). ",
                            "Received input shapes: y_pred.shape=", shape_of(y_pred),
                            " and y_true.shape=", shape_of(y_true), "."));
  }
  const std::size_t columns = t.shape(1);
  if (variables_.size() == 1) {
    for (const char* name : {"squared_sum", "sum", "residual", "count"})
      variables_.push_back({name, zero({static_cast<Dim>(columns)})});
  }
  if (variables_[sum].value.size() != columns) {
    throw ShapeError(concat("Metric '", name(), "' has sums of ", variables_[sum].value.size(),
                            " columns. Received: y_pred.shape=", shape_of(y_pred)));
  }
  std::vector<double> weights(t.size(), 1.0);
  if (sample_weight) weights = elementwise_weights(*sample_weight, shape_of(t));
  const auto at = [&](std::size_t variable, std::size_t column) -> double& {
    return variables_[variable].value.data()[column];
  };
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double truth = double{t.data()[i]}, error = truth - double{p.data()[i]};
    const std::size_t column = i % columns;
    at(squared_sum, column) += truth * truth * weights[i];
    at(sum, column) += truth * weights[i];
    at(residual, column) += error * error * weights[i];
    at(count, column) += weights[i];
  }
  at(num_samples, 0) += static_cast<double>(t.size());
}

double R2Score::adjusted(double score) const {
  const double n = variables_[num_samples].value.data()[0];
  const auto p = static_cast<double>(options_.num_regressors);
  // As Keras, where there are too few samples: the plain score.
  if (p == 0 || p >= n - 1) return score;
  return 1 - (1 - score) * (n - 1) / (n - p - 1);
}

BasicTensor<double> R2Score::results() const {
  if (variables_.size() == 1) return empty_tensor<double>({0});
  BasicTensor<double> scores = variables_[sum].value;
  double plain = 0, weighted = 0, weight = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    const auto at = [&](std::size_t variable) { return variables_[variable].value.data()[c]; };
    const double total = at(squared_sum) - at(sum) * (at(sum) / at(count));
    double score = 1 - at(residual) / total;
    if (std::isinf(score)) score = 0;
    scores.data()[c] = adjusted(score);
    plain += score;
    weighted += total * score;
    weight += total;
  }
  if (!options_.class_aggregation) return scores;
  BasicTensor<double> result = empty_tensor<double>({});
  result.data()[0] = adjusted(options_.class_aggregation == "uniform_average"
                                  ? plain / static_cast<double>(scores.size())
                                  : weighted / weight);
  return result;
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
