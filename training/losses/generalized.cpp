#include "generalized.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/fields_impl.hpp"
#include "probabilities.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

void CategoricalGeneralizedCrossEntropyOptions::describe(Fields& fields) {
  describe_loss(fields, name, reduction, dtype);
  fields("q", q);
}

CategoricalGeneralizedCrossEntropy::CategoricalGeneralizedCrossEntropy(
    CategoricalGeneralizedCrossEntropyOptions options)
    : WithLossOptions(std::move(options)) {
  if (options_.q > 0 && options_.q < 1) return;
  throw ValueError(concat("q must be in the interval (0, 1). Received: q=", options_.q));
}

void CategoricalGeneralizedCrossEntropy::check_shapes(const Tensor& y_true,
                                                      const Tensor& y_pred) const {
  check_label_shapes(y_true, y_pred, axis(), name());
}

real CategoricalGeneralizedCrossEntropy::row(const real* t, const real* p, std::size_t length,
                                             real coefficient, real* gradient) const {
  const auto q = static_cast<real>(options_.q);
  const std::size_t label = class_of(*t, length, name());
  if (gradient) {
    std::fill(gradient, gradient + length, real(0));
    gradient[label] = -coefficient * std::pow(p[label], q - 1);
  }
  return (1 - std::pow(p[label], q)) / q;
}

}  // namespace keratin::inline KERATIN_VARIANT::losses
