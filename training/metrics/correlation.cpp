#include "correlation.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/axes_last.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {
namespace {

/// The moments of a row of y_true and one of y_pred.
struct Moments {
  double true_mean = 0, pred_mean = 0, true_variance = 0, pred_variance = 0, covariance = 0;

  Moments(const real* t, const real* p, std::size_t length) {
    const auto count = static_cast<double>(length);
    for (std::size_t i = 0; i < length; ++i) {
      true_mean += double{t[i]} / count;
      pred_mean += double{p[i]} / count;
    }
    for (std::size_t i = 0; i < length; ++i) {
      const double dt = double{t[i]} - true_mean, dp = double{p[i]} - pred_mean;
      true_variance += dt * dt / count;
      pred_variance += dp * dp / count;
      covariance += dt * dp / count;
    }
  }
};

template <class Coefficient>
Tensor for_rows(const std::string& metric, const Tensor& y_true, const Tensor& y_pred, Dim axis,
                const Coefficient& coefficient) {
  Tensor t = y_true, p = y_pred;
  match_ranks(t, p);
  if (t.shape() != p.shape()) {
    throw ShapeError(concat("Metric '", metric, "': y_true and y_pred must have the same shape.",
                            " Received: y_true.shape=", shape_of(y_true),
                            ", y_pred.shape=", shape_of(y_pred)));
  }
  const AxesLast axes(shape_of(t), {axis}, concat("Metric '", metric, "'"));
  Shape shape = shape_of(t);
  const auto rank = static_cast<Dim>(shape.size());
  shape.erase(shape.begin() + (axis < 0 ? axis + rank : axis));
  t = axes.moved(std::move(t));
  p = axes.moved(std::move(p));
  Tensor values = empty(shape);
  for (std::size_t i = 0; i < axes.rows(); ++i) {
    const std::size_t first = i * axes.count();
    values.data()[i] =
        static_cast<real>(coefficient(Moments(t.data() + first, p.data() + first, axes.count())));
  }
  return values;
}

constexpr double epsilon = 1e-7;

}  // namespace

void CorrelationOptions::describe(Fields& fields) {
  describe_metric(fields, name, dtype);
  fields("axis", axis);
}

Tensor PearsonCorrelation::values(const Tensor& y_true, const Tensor& y_pred) const {
  return for_rows(name(), y_true, y_pred, options_.axis, [](const Moments& m) {
    // What hardly varies is not blown up; Keras 3.15 adds nothing to larger deviations.
    return m.covariance / (std::max(std::sqrt(m.true_variance), epsilon) *
                           std::max(std::sqrt(m.pred_variance), epsilon));
  });
}

Tensor ConcordanceCorrelation::values(const Tensor& y_true, const Tensor& y_pred) const {
  return for_rows(name(), y_true, y_pred, options_.axis, [](const Moments& m) {
    const double distance = m.true_mean - m.pred_mean;
    return 2 * m.covariance / (m.true_variance + m.pred_variance + distance * distance + epsilon);
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
