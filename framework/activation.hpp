#pragma once

#include <string_view>

#include "configurable.hpp"
#include "context.hpp"
#include "registry.hpp"
#include "spec.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A function of a tensor together with its derivative (keras.activations).
class ActivationFunction : public Configurable {
 public:
  static constexpr std::string_view kind = "activation function";
  std::string_view module() const override { return "keras.activations"; }
  /// A built-in function with its default arguments is its bare name in files; with others, which
  /// Keras itself cannot save, an object with a config.
  void write_serialized(Json& json) const override;

  /// The shape of y; `unknown` sizes stay unknown.
  virtual Shape compute_output_shape(const Shape& x) const { return x; }
  /// y of x; may reuse the memory of x.
  virtual Tensor forward(Tensor x) const = 0;
  /// The same of an x that is needed further on.
  virtual Tensor forward_of(const Tensor& x) const { return forward(x); }

  /// What backward is computed from. A function whose derivative follows from its output keeps
  /// nothing else.
  enum class Keeps { output, input };
  virtual Keeps keeps() const = 0;
  /// The gradient of x, given that of y and what keeps() asks for; may reuse the memory of dy.
  virtual Tensor backward(const Tensor& kept, Tensor dy) const = 0;
};

extern template class Spec<ActivationFunction>;
template <>
Registry<const ActivationFunction>& Registry<const ActivationFunction>::instance();

/// The last step of a layer that has an `activation` option: returns activation(x) and keeps in
/// `context` what backward needs beyond the layer's output. Without an activation, returns x.
Tensor activate(const Spec<ActivationFunction>& activation, Tensor x, Context& context);
/// The matching first step of backward: turns the gradient of the layer's output into that of x.
Tensor activation_gradient(const Spec<ActivationFunction>& activation, Tensor output_gradient,
                           const Context& context);

}  // namespace keratin::inline KERATIN_VARIANT
