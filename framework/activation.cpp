#include "activation.hpp"

#include <nlohmann/json.hpp>

#include "spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<Activation>;

namespace {

struct ActivationInput {
  Tensor x;
};

}  // namespace

void Activation::write_serialized(Json& json) const { json = class_name(); }

Tensor activate(const Spec<Activation>& activation, Tensor x, Context& context) {
  if (!activation) return x;
  if (context.backward_follows() && activation->keeps() == Activation::Keeps::input)
    context.save(ActivationInput{x});
  return activation->forward(std::move(x));
}

Tensor activation_gradient(const Spec<Activation>& activation, Tensor output_gradient,
                           const Context& context) {
  if (!activation) return output_gradient;
  const Tensor& kept = activation->keeps() == Activation::Keeps::input
                           ? context.saved<ActivationInput>().x
                           : context.output();
  return activation->backward(kept, std::move(output_gradient));
}

}  // namespace keratin::inline KERATIN_VARIANT
