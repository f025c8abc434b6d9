#include "activation.hpp"

#include "../../framework/activations/linear.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

Tensor function_gradient(const ActivationFunction& function, Tensor output_gradient,
                         const Context& context) {
  using Keeps = ActivationFunction::Keeps;
  const Tensor& kept = function.keeps() == Keeps::input ? context.input() : context.output();
  return function.backward(kept, std::move(output_gradient));
}

void ActivationOptions::describe(Fields& fields) { fields("activation", activation); }

ActivationLayer::ActivationLayer(Options options, LayerOptions common)
    : FunctionLayer(std::move(options), std::move(common)) {
  function_ = options_.activation;
  if (!function_) function_ = activations::Linear();
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
