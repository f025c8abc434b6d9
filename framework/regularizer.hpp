#pragma once

#include <string_view>

#include "configurable.hpp"
#include "registry.hpp"
#include "spec.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A penalty on a weight or an activity, added to the loss (keras.regularizers).
class Regularizer : public Configurable {
 public:
  static constexpr std::string_view kind = "regularizer";
  std::string_view module() const override { return "keras.regularizers"; }
  /// The penalty of x.
  virtual double operator()(const Tensor& x) const = 0;
  /// Adds scale times the penalty's gradient to `gradient`, which has the shape of x.
  virtual void add_gradient(const Tensor& x, double scale, Tensor& gradient) const = 0;
};

extern template class Spec<Regularizer>;
template <>
Registry<const Regularizer>& Registry<const Regularizer>::instance();

}  // namespace keratin::inline KERATIN_VARIANT
