#pragma once

#include <string_view>

#include "../../framework/configurable.hpp"
#include "../../framework/registry.hpp"
#include "../../framework/spec.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct LossResult {
  /// Reduced as the loss says, sample weights included.
  double value = 0;
  /// d value / d y_pred; empty unless asked for.
  Tensor gradient = {};
};

/// What training makes small (keras.losses.Loss).
class Loss : public Configurable {
 public:
  static constexpr std::string_view kind = "loss";
  std::string_view module() const override { return "keras.losses"; }

  /// The loss of predictions and, in the same pass, its gradient. `sample_weight` and `mask`, both
  /// of shape (batch,) or of the loss before its reduction, may be null. Throws ShapeError where
  /// shapes do not fit.
  virtual LossResult evaluate(const Tensor& y_true, const Tensor& y_pred,
                              const Tensor* sample_weight, const Tensor* mask,
                              bool want_gradient) const = 0;
};

extern template class Spec<Loss>;
template <>
Registry<const Loss>& Registry<const Loss>::instance();

}  // namespace keratin::inline KERATIN_VARIANT
