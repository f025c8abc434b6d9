#include "focal.hpp"

#include <cmath>
#include <vector>

#include "../../framework/fields_impl.hpp"
#include "probabilities.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

void BinaryFocalOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis)(
      "apply_class_balancing", apply_class_balancing)("alpha", alpha)("gamma", gamma);
}

real BinaryFocalCrossentropy::row(const real* t, const real* p, std::size_t length,
                                  real coefficient, real* gradient) const {
  const auto smoothing = static_cast<real>(options_.label_smoothing);
  const auto alpha = static_cast<real>(options_.alpha), gamma = static_cast<real>(options_.gamma);
  const real share = coefficient / static_cast<real>(length);
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const real target = t[i] * (1 - smoothing) + smoothing / 2;
    const real x = options_.from_logits ? sigmoid(p[i]) : p[i];
    const real q = clipped(x), other = clipped(1 - x);
    const real entropy = -(target * std::log(q) + (1 - target) * std::log(other));
    const real miss = 1 - (target * x + (1 - target) * (1 - x));
    const real factor = std::pow(miss, gamma);
    const real weight =
        options_.apply_class_balancing ? target * alpha + (1 - target) * (1 - alpha) : 1;
    sum += double{weight * factor * entropy};
    if (!gradient) continue;
    const real d_entropy = is_clipped(x) ? 0 : (1 - target) / other - target / q;
    const real d_factor = gamma * std::pow(miss, gamma - 1) * (1 - 2 * target);
    const real inner = options_.from_logits ? x * (1 - x) : 1;
    gradient[i] = share * weight * inner * (factor * d_entropy + d_factor * entropy);
  }
  return static_cast<real>(sum / static_cast<double>(length));
}

void CategoricalFocalOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("from_logits", from_logits)("label_smoothing", label_smoothing)("axis", axis)(
      "alpha", alpha)("gamma", gamma);
}

real CategoricalFocalCrossentropy::row(const real* t, const real* p, std::size_t length,
                                       real coefficient, real* gradient) const {
  const auto smoothing = static_cast<real>(options_.label_smoothing);
  const auto alpha = static_cast<real>(options_.alpha), gamma = static_cast<real>(options_.gamma);
  const real spread = smoothing / static_cast<real>(length);
  const real log_sum = options_.from_logits ? log_sum_exp(p, length) : 0;
  const real scale = options_.from_logits ? 1 : sum_of(p, length);
  const auto probability = [&](std::size_t i) {
    return options_.from_logits ? std::exp(p[i] - log_sum) : p[i] / scale;
  };
  double sum = 0;
  real along = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const real target = t[i] * (1 - smoothing) + spread, share = probability(i);
    const real q = clipped(share), miss = std::pow(1 - q, gamma), log_q = std::log(q);
    sum -= double{alpha * miss * target * log_q};
    if (!gradient) continue;
    const real slope = alpha * target * (gamma * std::pow(1 - q, gamma - 1) * log_q - miss / q);
    gradient[i] = is_clipped(share) ? 0 : coefficient * slope;
    along += gradient[i] * share;
  }
  if (!gradient) return static_cast<real>(sum);
  for (std::size_t i = 0; i < length; ++i)
    gradient[i] = (gradient[i] - along) * (options_.from_logits ? probability(i) : 1 / scale);
  return static_cast<real>(sum);
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
