#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/prepared/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The gradient of the input of a layer whose output is `function` of its input.
Tensor function_gradient(const ActivationFunction& function, Tensor output_gradient,
                         const Context& context);

/// A layer that is an activation function and nothing else. Its constructor sets `function_`.
template <class Derived, class OptionsType>
class FunctionLayer : public OptionsLayer<Derived, OptionsType> {
 public:
  using OptionsLayer<Derived, OptionsType>::OptionsLayer;

  Shape compute_output_shape(const Shape& input) const final {
    return function_->compute_output_shape(input);
  }
  Tensor forward(const Tensor& input, Context& /*context*/) const final {
    return function_->forward_of(input);
  }
  Tensor backward(Tensor gradient, Context& context) const final {
    return function_gradient(*function_, std::move(gradient), context);
  }
  std::shared_ptr<prepared::Operation> prepare(const Shapes& /*inputs*/) const final {
    return prepared::activate(function_);
  }
  bool supports_masking() const final { return true; }
  bool is_built_when_made() const final { return true; }

 protected:
  Spec<ActivationFunction> function_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
