#include "regression.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {
namespace {

constexpr real epsilon = real(1e-7);

real sign(real x) { return static_cast<real>((x > 0) - (x < 0)); }

}  // namespace

template <class Derived, class OptionsType>
real ElementLoss<Derived, OptionsType>::row(const real* t, const real* p, std::size_t length,
                                            real coefficient, real* gradient) const {
  const auto& self = static_cast<const Derived&>(*this);
  const real share = coefficient / static_cast<real>(length);
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    real slope;
    sum += double{self.element(t[i], p[i], slope)};
    if (gradient) gradient[i] = share * slope;
  }
  return static_cast<real>(sum / static_cast<double>(length));
}

real MeanSquaredError::element(real t, real p, real& slope) const {
  slope = 2 * (p - t);
  return (p - t) * (p - t);
}

real MeanAbsoluteError::element(real t, real p, real& slope) const {
  slope = sign(p - t);
  return std::abs(p - t);
}

real MeanAbsolutePercentageError::element(real t, real p, real& slope) const {
  const real scale = 100 / std::max(std::abs(t), epsilon);
  slope = scale * sign(p - t);
  return scale * std::abs(p - t);
}

real MeanSquaredLogarithmicError::element(real t, real p, real& slope) const {
  const real difference = std::log1p(std::max(p, epsilon)) - std::log1p(std::max(t, epsilon));
  slope = p >= epsilon ? 2 * difference / (p + 1) : 0;
  return difference * difference;
}

real LogCosh::element(real t, real p, real& slope) const {
  const real x = std::abs(p - t);
  slope = std::tanh(p - t);
  return x + std::log1p(std::exp(-2 * x)) - std::log(real(2));
}

real Poisson::element(real t, real p, real& slope) const {
  slope = 1 - t / (p + epsilon);
  return p - t * std::log(p + epsilon);
}

real Huber::element(real t, real p, real& slope) const {
  const auto delta = static_cast<real>(options_.delta);
  const real error = p - t, size = std::abs(error);
  slope = size <= delta ? error : delta * sign(error);
  return size <= delta ? error * error / 2 : delta * size - delta * delta / 2;
}

void HuberOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  // Keras does not write it, which loses any other value; that one we write.
  if (fields.reading() || delta != 1.0) fields("delta", delta);
}

void CosineSimilarityOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  if (fields.reading() || axis != -1) fields("axis", axis);
}

real CosineSimilarity::row(const real* t, const real* p, std::size_t length, real coefficient,
                           real* gradient) const {
  double tt = 0, pp = 0, tp = 0;
  for (std::size_t i = 0; i < length; ++i) {
    tt += double{t[i]} * double{t[i]};
    pp += double{p[i]} * double{p[i]};
    tp += double{t[i]} * double{p[i]};
  }
  const double t_norm = std::max(std::sqrt(tt), 1e-7), p_norm = std::max(std::sqrt(pp), 1e-7);
  const double cosine = tp / (t_norm * p_norm);
  for (std::size_t i = 0; gradient && i < length; ++i) {
    gradient[i] = static_cast<real>(
        -double{coefficient} * (double{t[i]} / t_norm - cosine * double{p[i]} / p_norm) / p_norm);
  }
  return static_cast<real>(-cosine);
}

template class ElementLoss<MeanSquaredError>;
template class ElementLoss<MeanAbsoluteError>;
template class ElementLoss<MeanAbsolutePercentageError>;
template class ElementLoss<MeanSquaredLogarithmicError>;
template class ElementLoss<LogCosh>;
template class ElementLoss<Poisson>;
template class ElementLoss<Huber, HuberOptions>;

}  // namespace keratin::inline KERATIN_VARIANT::losses
