#include "crossentropy.hpp"

#include <cmath>

#include "../../framework/fields_impl.hpp"
#include "probabilities.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

void CrossentropyOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis);
}

void SparseCategoricalCrossentropyOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("from_logits", from_logits)("ignore_class", ignore_class);
  // Keras does not write it, which loses any other value; that one we write.
  if (fields.reading() || axis != -1) fields("axis", axis);
}

real BinaryCrossentropy::row(const real* t, const real* p, std::size_t length, real coefficient,
                             real* gradient) const {
  const auto smoothing = static_cast<real>(options_.label_smoothing);
  const real share = coefficient / static_cast<real>(length);
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const real target = t[i] * (1 - smoothing) + smoothing / 2, x = p[i];
    if (options_.from_logits) {
      sum += double{std::max(x, real(0)) - x * target + std::log1p(std::exp(-std::abs(x)))};
      if (gradient) gradient[i] = share * (sigmoid(x) - target);
    } else {
      // Clipped on its own: in float 1 - (1 - 1e-7) is 1.19e-7.
      const real q = clipped(x), other = clipped(1 - x);
      sum -= double{target * std::log(q) + (1 - target) * std::log(other)};
      if (gradient) gradient[i] = is_clipped(x) ? 0 : share * ((1 - target) / other - target / q);
    }
  }
  return static_cast<real>(sum / static_cast<double>(length));
}

real CategoricalCrossentropy::row(const real* t, const real* p, std::size_t length,
                                  real coefficient, real* gradient) const {
  const auto smoothing = static_cast<real>(options_.label_smoothing);
  const real spread = smoothing / static_cast<real>(length);
  const auto target = [&](std::size_t i) { return t[i] * (1 - smoothing) + spread; };
  double sum = 0;
  if (options_.from_logits) {
    const real log_sum = log_sum_exp(p, length);
    real total = 0;
    for (std::size_t i = 0; i < length; ++i) {
      sum -= double{target(i) * (p[i] - log_sum)};
      total += target(i);
    }
    for (std::size_t i = 0; gradient && i < length; ++i)
      gradient[i] = coefficient * (total * std::exp(p[i] - log_sum) - target(i));
    return static_cast<real>(sum);
  }
  const real scale = sum_of(p, length);
  for (std::size_t i = 0; i < length; ++i) {
    const real q = p[i] / scale;
    // Most targets are 0: their logarithms count for nothing.
    if (target(i) != 0) sum -= double{target(i) * std::log(clipped(q))};
    if (gradient) gradient[i] = is_clipped(q) ? 0 : -coefficient * target(i) / q;
  }
  if (gradient) normalized_gradient(p, scale, length, gradient);
  return static_cast<real>(sum);
}

void SparseCategoricalCrossentropy::check_shapes(const Tensor& y_true, const Tensor& y_pred) const {
  check_label_shapes(y_true, y_pred, axis(), name());
}

std::optional<Tensor> SparseCategoricalCrossentropy::own_mask(const Tensor& y_true) const {
  if (!options_.ignore_class) return {};
  Tensor mask = y_true;
  for (real& value : mask) value = value != static_cast<real>(*options_.ignore_class);
  return mask;
}

real SparseCategoricalCrossentropy::row(const real* t, const real* p, std::size_t length,
                                        real coefficient, real* gradient) const {
  if (options_.ignore_class && *t == static_cast<real>(*options_.ignore_class)) {
    if (gradient) std::fill(gradient, gradient + length, real(0));
    return 0;
  }
  const std::size_t label = class_of(*t, length, name());
  if (options_.from_logits) {
    const real log_sum = log_sum_exp(p, length);
    for (std::size_t i = 0; gradient && i < length; ++i)
      gradient[i] = coefficient * std::exp(p[i] - log_sum);
    if (gradient) gradient[label] -= coefficient;
    return log_sum - p[label];
  }
  const real scale = sum_of(p, length), q = p[label] / scale;
  if (gradient) {
    std::fill(gradient, gradient + length, real(0));
    gradient[label] = is_clipped(q) ? 0 : -coefficient / q;
    normalized_gradient(p, scale, length, gradient);
  }
  return -std::log(clipped(q));
}

real KLDivergence::row(const real* t, const real* p, std::size_t length, real coefficient,
                       real* gradient) const {
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const real target = std::clamp(t[i], least, real(1)), q = std::clamp(p[i], least, real(1));
    sum += double{target * std::log(target / q)};
    if (gradient) gradient[i] = p[i] < least || p[i] > 1 ? 0 : -coefficient * target / q;
  }
  return static_cast<real>(sum);
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
