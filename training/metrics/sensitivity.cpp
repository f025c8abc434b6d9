#include "sensitivity.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

const std::vector<Cell> cells = {Cell::true_positives, Cell::false_positives, Cell::true_negatives,
                                 Cell::false_negatives};

std::vector<double> even_thresholds(Dim count) {
  if (count == 1) return {0.5};
  std::vector<double> values;
  for (Dim i = 0; i < count; ++i)
    values.push_back(static_cast<double>(i) / static_cast<double>(count - 1));
  return values;
}

}  // namespace

void BestAt::prepare(std::string_view argument, double value, Dim num_thresholds,
                     std::optional<Dim> class_id) {
  if (!(value >= 0 && value <= 1)) {
    throw ValueError(concat("Argument `", argument,
                            "` must be in the range [0, 1]. Received: ", argument, "=", value));
  }
  if (num_thresholds <= 0) {
    throw ValueError(concat("Argument `num_thresholds` must be an integer > 0. Received: ",
                            "num_thresholds=", num_thresholds));
  }
  value_ = value;
  class_id_ = class_id;
  thresholds_ = Thresholds(even_thresholds(num_thresholds));
  variables_ = count_variables(cells, {num_thresholds});
}

void BestAt::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor* sample_weight) {
  const Counting how{.thresholds = thresholds_, .class_id = class_id_};
  add_counts(variables_, cells, count(name(), how, y_true, y_pred, sample_weight));
}

BasicTensor<double> BestAt::results() const {
  BasicTensor<double> best = empty_tensor<double>({});
  best.data()[0] = 0;
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    const auto at = [&](std::size_t cell) { return variables_[cell].value.data()[i]; };
    const Shares found = shares(at(0), at(1), at(2), at(3));
    if (found.constrained >= value_) best.data()[0] = std::max(best.data()[0], found.wanted);
  }
  return best;
}

void SensitivityAtSpecificityOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("class_id", class_id)("num_thresholds", num_thresholds)("specificity", specificity);
}
SensitivityAtSpecificity::SensitivityAtSpecificity(Options options)
    : WithMetricOptions(std::move(options)) {
  prepare("specificity", options_.specificity, options_.num_thresholds, options_.class_id);
}

void SpecificityAtSensitivityOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("class_id", class_id)("num_thresholds", num_thresholds)("sensitivity", sensitivity);
}
SpecificityAtSensitivity::SpecificityAtSensitivity(Options options)
    : WithMetricOptions(std::move(options)) {
  prepare("sensitivity", options_.sensitivity, options_.num_thresholds, options_.class_id);
}

void PrecisionAtRecallOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("class_id", class_id)("num_thresholds", num_thresholds)("recall", recall);
}
PrecisionAtRecall::PrecisionAtRecall(Options options) : WithMetricOptions(std::move(options)) {
  prepare("recall", options_.recall, options_.num_thresholds, options_.class_id);
}

void RecallAtPrecisionOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("class_id", class_id)("num_thresholds", num_thresholds)("precision", precision);
}
RecallAtPrecision::RecallAtPrecision(Options options) : WithMetricOptions(std::move(options)) {
  prepare("precision", options_.precision, options_.num_thresholds, options_.class_id);
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
