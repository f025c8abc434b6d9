#include "ctc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../framework/base/error.hpp"
#include "../../framework/base/parallel.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

double log_add(double a, double b) {
  const double larger = std::max(a, b);
  if (larger == never) return never;
  return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

/// One sample: the labels with nothing (class 0) around each are the states that steps go through.
class Alignment {
 public:
  Alignment(const real* logits, std::size_t steps, std::size_t classes,
            const std::vector<std::size_t>& labels)
      : steps_(steps), classes_(classes), logs_(steps * classes), states_(2 * labels.size() + 1) {
    for (std::size_t i = 0; i < labels.size(); ++i) states_[2 * i + 1] = labels[i];
    for (std::size_t t = 0; t < steps; ++t) {
      const real* const row = logits + t * classes;
      double sum = never;
      for (std::size_t c = 0; c < classes; ++c) sum = log_add(sum, double{row[c]});
      for (std::size_t c = 0; c < classes; ++c) logs_[t * classes + c] = double{row[c]} - sum;
    }
    forward_.assign(steps * states_.size(), never);
    for (std::size_t t = 0; t < steps; ++t)
      for (std::size_t s = 0; s < states_.size(); ++s) forward(t, s);
  }

  double value() const { return -total(); }

  /// Of value() by the logits, times `coefficient`.
  void gradient(double coefficient, real* result) {
    const double all = total();
    if (all == never) {
      std::fill(result, result + steps_ * classes_, real(0));
      return;
    }
    std::vector<double> after(states_.size(), never);
    for (std::size_t t = steps_; t-- > 0;) {
      after = t + 1 == steps_ ? last() : before(t, after);
      std::vector<double> expected(classes_, 0.0);
      for (std::size_t s = 0; s < states_.size(); ++s)
        expected[states_[s]] += std::exp(forward_[t * states_.size() + s] + after[s] - all);
      for (std::size_t c = 0; c < classes_; ++c) {
        result[t * classes_ + c] =
            static_cast<real>(coefficient * (std::exp(logs_[t * classes_ + c]) - expected[c]));
      }
    }
  }

 private:
  double log_of(std::size_t t, std::size_t state) const {
    return logs_[t * classes_ + states_[state]];
  }
  /// Whether a step may go from the label before straight to that of `state`.
  bool skips(std::size_t state) const {
    return state > 1 && state % 2 == 1 && states_[state] != states_[state - 2];
  }

  /// The probability of all ways to `state` at step t.
  void forward(std::size_t t, std::size_t state) {
    double& here = forward_[t * states_.size() + state];
    if (t == 0) {
      if (state < 2) here = log_of(0, state);
      return;
    }
    const double* const previous = forward_.data() + (t - 1) * states_.size();
    here = previous[state];
    if (state > 0) here = log_add(here, previous[state - 1]);
    if (skips(state)) here = log_add(here, previous[state - 2]);
    here += log_of(t, state);
  }

  std::vector<double> last() const {
    std::vector<double> after(states_.size(), never);
    after.back() = 0;
    if (states_.size() > 1) after[states_.size() - 2] = 0;
    return after;
  }

  /// The probability of all ways on from each state at step t, given those at t + 1.
  std::vector<double> before(std::size_t t, const std::vector<double>& after) const {
    std::vector<double> result(states_.size());
    const auto way = [&](std::size_t state) { return after[state] + log_of(t + 1, state); };
    for (std::size_t s = 0; s < states_.size(); ++s) {
      result[s] = way(s);
      if (s + 1 < states_.size()) result[s] = log_add(result[s], way(s + 1));
      if (s + 2 < states_.size() && skips(s + 2)) result[s] = log_add(result[s], way(s + 2));
    }
    return result;
  }

  double total() const {
    if (steps_ == 0) return states_.size() == 1 ? 0 : never;
    const double* const end = forward_.data() + forward_.size();
    return states_.size() == 1 ? end[-1] : log_add(end[-1], end[-2]);
  }

  std::size_t steps_, classes_;
  std::vector<double> logs_, forward_;
  std::vector<std::size_t> states_;
};

}  // namespace

Shape CTC::values_shape(const Shape& shape) const { return {shape.begin(), shape.begin() + 1}; }

void CTC::check_shapes(const Tensor& y_true, const Tensor& y_pred) const {
  if (y_true.dimension() == 2 && y_pred.dimension() == 3 && y_true.shape(0) == y_pred.shape(0))
    return;
  throw ShapeError(concat("Targets `y_true` are expected to be a tensor of shape `(batch_size, ",
                          "max_length)`, predictions `y_pred` of shape `(batch_size, max_length, ",
                          "num_classes)`. Received: y_true.shape=", shape_of(y_true),
                          ", y_pred.shape=", shape_of(y_pred), " in loss '", name(), "'"));
}

std::vector<std::size_t> CTC::labels(const real* row, std::size_t length,
                                     std::size_t classes) const {
  while (length > 0 && row[length - 1] == 0) --length;
  std::vector<std::size_t> labels;
  for (std::size_t i = 0; i < length; ++i) {
    if (!(row[i] >= 1 && row[i] < static_cast<real>(classes))) {
      throw ValueError(concat("Received a label value of ", row[i], " which is outside the valid ",
                              "range of [1, ", classes, ") in loss '", name(),
                              "'; 0 stands behind the labels only"));
    }
    labels.push_back(static_cast<std::size_t>(row[i]));
  }
  return labels;
}

void CTC::compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
                  const Tensor& coefficients, Tensor* gradient) const {
  const std::size_t batch = values.size(), length = y_true.shape(1), steps = y_pred.shape(1),
                    classes = y_pred.shape(2), size = steps * classes;
  std::vector<std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < batch; ++i)
    all.push_back(labels(y_true.data() + i * length, length, classes));
  parallel_for(batch, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Alignment alignment(y_pred.data() + i * size, steps, classes, all[i]);
      values.data()[i] = static_cast<real>(alignment.value());
      if (gradient) alignment.gradient(double{coefficients.data()[i]}, gradient->data() + i * size);
    }
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
