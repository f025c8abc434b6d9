#include "activation.hpp"

#include <nlohmann/json.hpp>

#include "spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<ActivationFunction>;

namespace {

struct ActivationInput {
  Tensor x;
};

}  // namespace

void ActivationFunction::write_serialized(Json& json) const {
  const auto& registry = Registry<const ActivationFunction>::instance();
  const std::string name(class_name());
  if (!registry.contains(name) ||
      registry.make(name, Json::object())->get_config() == get_config()) {
    json = name;
  } else {
    Configurable::write_serialized(json);
  }
}

Tensor activate(const Spec<ActivationFunction>& activation, Tensor x, Context& context) {
  if (!activation) return x;
  if (context.backward_follows() && activation->keeps() == ActivationFunction::Keeps::input)
    context.save(ActivationInput{x});
  return activation->forward(std::move(x));
}

Tensor activation_gradient(const Spec<ActivationFunction>& activation, Tensor output_gradient,
                           const Context& context) {
  if (!activation) return output_gradient;
  const Tensor& kept = activation->keeps() == ActivationFunction::Keeps::input
                           ? context.saved<ActivationInput>().x
                           : context.output();
  return activation->backward(kept, std::move(output_gradient));
}

}  // namespace keratin::inline KERATIN_VARIANT
