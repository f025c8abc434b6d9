#pragma once

#include <limits>
#include <optional>

#include "../activation.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

/// A function that is min(max(x, low), high).
struct Bounds {
  real low, high;
};
/// None for a function that is more than that.
std::optional<Bounds> bounds_of(const ActivationFunction& function);

/// The activation at the end of an operation: bounds that a kernel applies as it stores, or a
/// function applied to what was stored.
class Ending {
 public:
  Ending() = default;
  explicit Ending(const Spec<ActivationFunction>& activation) { take(activation); }

  /// Makes `activation` the ending; false where there is one already.
  bool take(const Spec<ActivationFunction>& activation);
  /// Whether it does nothing.
  bool is_idle() const { return !activation_; }
  /// The bounds; infinite without.
  real low() const { return bounds_ ? bounds_->low : -std::numeric_limits<real>::infinity(); }
  real high() const { return bounds_ ? bounds_->high : std::numeric_limits<real>::infinity(); }
  /// Whether there is more to do than keep to the bounds.
  bool has_function() const { return activation_ && !bounds_; }

  /// Applies the function, if there is one.
  void apply_function(real* x, const Shape& shape) const;
  /// Applies the activation, whatever it is.
  void apply(real* x, const Shape& shape) const;

 private:
  Spec<ActivationFunction> activation_;
  std::optional<Bounds> bounds_;
};

/// Whether `activation` keeps the shape of what it is applied to, as an Ending must.
bool keeps_shape(const Spec<ActivationFunction>& activation, const Shape& shape);

}  // namespace keratin::inline KERATIN_VARIANT::prepared
