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

void Activation::write_serialized(Json& json) const {
  const auto& registry = Registry<const Activation>::instance();
  const std::string name(class_name());
  if (!registry.contains(name) ||
      registry.make(name, Json::object())->get_config() == get_config()) {
    json = name;
  } else {
    Configurable::write_serialized(json);
  }
}

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
