#include "auc.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

const std::vector<Cell> cells = {Cell::true_positives, Cell::false_positives, Cell::true_negatives,
                                 Cell::false_negatives};
constexpr double epsilon = 1e-7;

/// The word of `words` that `given` is, in any case of its first letter.
std::string checked(const std::string& given, const std::vector<std::string>& words,
                    const std::string& message, const std::string& expected) {
  for (const std::string& word : words) {
    std::string lower = word, upper = word;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    upper[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(upper[0])));
    if (given == word || given == lower || given == upper) return word;
  }
  throw ValueError(
      concat("Invalid AUC ", message, " value: \"", given, "\". Expected values are ", expected));
}

std::vector<double> inner_thresholds(const AUCOptions& options) {
  std::vector<double> inner;
  if (options.thresholds) {
    inner.assign(options.thresholds->values().begin(), options.thresholds->values().end());
    std::ranges::sort(inner);
    return inner;
  }
  if (options.num_thresholds <= 1) {
    throw ValueError(concat("Argument `num_thresholds` must be an integer > 1. Received: ",
                            "num_thresholds=", options.num_thresholds));
  }
  for (Dim i = 1; i + 1 < options.num_thresholds; ++i)
    inner.push_back(static_cast<double>(i) / static_cast<double>(options.num_thresholds - 1));
  return inner;
}

}  // namespace

void AUCOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("num_thresholds", num_thresholds)("curve", curve)("summation_method", summation_method)(
      "multi_label", multi_label)("num_labels", num_labels)("label_weights", label_weights)(
      "from_logits", from_logits);
  // Keras writes them only where they were given.
  if (fields.reading() || thresholds) fields("thresholds", thresholds);
}

AUC::AUC(AUCOptions options) : WithMetricOptions(std::move(options)) {
  options_.curve = checked(options_.curve, {"ROC", "PR"}, "curve", "[\"PR\", \"ROC\"]");
  options_.summation_method =
      checked(options_.summation_method, {"interpolation", "majoring", "minoring"},
              "summation method", "[\"interpolation\", \"majoring\", \"minoring\"]");
  std::vector<double> values = inner_thresholds(options_);
  values.insert(values.begin(), -epsilon);
  values.push_back(1 + epsilon);
  thresholds_ = Thresholds(std::move(values));
  options_.num_thresholds = static_cast<Dim>(thresholds_.size());
  if (!options_.multi_label) {
    if (options_.num_labels)
      throw ValueError("`num_labels` is needed only when `multi_label` is True.");
    make_variables({});
  } else if (options_.num_labels) {
    make_variables(options_.num_labels);
  }
}

void AUC::make_variables(std::optional<Dim> labels) {
  Shape shape = {options_.num_thresholds};
  if (labels) shape.push_back(*labels);
  variables_ = count_variables(cells, shape);
}

std::vector<double> AUC::weights_of_labels() const {
  if (!options_.label_weights) return {};
  const auto& weights = options_.label_weights->values();
  return {weights.begin(), weights.end()};
}

void AUC::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor* sample_weight) {
  Tensor probabilities = y_pred;
  if (options_.from_logits)
    for (real& p : probabilities) p = 1 / (1 + std::exp(-p));
  const Counting how{
      .thresholds = thresholds_,
      .multi_label = options_.multi_label,
      .label_weights = options_.multi_label ? std::vector<double>() : weights_of_labels()};
  const Counts counts = count(name(), how, y_true, std::move(probabilities), sample_weight);
  if (variables_.empty()) make_variables(static_cast<Dim>(y_pred.shape(1)));
  if (counts[0].size() != variables_[0].value.size()) {
    throw ShapeError(concat("Metric '", name(), "' has counts of shape ",
                            shape_of(variables_[0].value),
                            ". Received: y_pred.shape=", shape_of(y_pred)));
  }
  add_counts(variables_, cells, counts);
}

double AUC::piece(const Point& low, const Point& high) const {
  const bool is_roc = options_.curve == "ROC";
  if (!is_roc && options_.summation_method == "interpolation") {
    // Davis and Goadrich, "The relationship between precision-recall and ROC curves", 2006, section
    // 4: true and false positives vary linearly in between, precision does not.
    const double dtp = low.tp - high.tp;
    const double p_low = low.tp + low.fp, p_high = high.tp + high.fp;
    const double slope = ratio(dtp, std::max(p_low - p_high, 0.0));
    const double intercept = high.tp - slope * p_high;
    const double safe = p_low > 0 && p_high > 0 ? p_low / p_high : 1;
    return ratio(slope * (dtp + intercept * std::log(safe)), std::max(high.tp + high.fn, 0.0));
  }
  const auto x = [&](const Point& point) {
    return is_roc ? ratio(point.fp, point.fp + point.tn) : ratio(point.tp, point.tp + point.fn);
  };
  const auto y = [&](const Point& point) {
    return is_roc ? ratio(point.tp, point.tp + point.fn) : ratio(point.tp, point.tp + point.fp);
  };
  const double height = options_.summation_method == "interpolation" ? (y(low) + y(high)) / 2
                        : options_.summation_method == "minoring"    ? std::min(y(low), y(high))
                                                                     : std::max(y(low), y(high));
  return (x(low) - x(high)) * height;
}

double AUC::area(std::size_t label, std::size_t labels) const {
  const auto point = [&](std::size_t i) {
    const auto at = [&](std::size_t cell) {
      return variables_[cell].value.data()[i * labels + label];
    };
    return Point{at(0), at(1), at(2), at(3)};
  };
  double area = 0;
  for (std::size_t i = 0; i + 1 < thresholds_.size(); ++i) area += piece(point(i), point(i + 1));
  return area;
}

BasicTensor<double> AUC::results() const {
  BasicTensor<double> result = empty_tensor<double>({});
  result.data()[0] = 0;
  if (variables_.empty()) return result;
  const std::size_t labels = variables_[0].value.size() / thresholds_.size();
  std::vector<double> weights = options_.multi_label ? weights_of_labels() : std::vector<double>();
  if (weights.empty()) weights.assign(labels, 1);
  double sum = 0, total = 0;
  for (std::size_t label = 0; label < labels; ++label) {
    sum += weights.at(label) * area(label, labels);
    total += weights.at(label);
  }
  result.data()[0] = ratio(sum, total);
  return result;
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
