#pragma once

#include "../../framework/handle.hpp"
#include "../../framework/prepared/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Its input, unchanged (keras.layers.Identity). Any shape.
class IdentityLayer final : public OptionsLayer<IdentityLayer, NoOptions> {
 public:
  static constexpr std::string_view keras_name = "Identity";
  using OptionsLayer::OptionsLayer;

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& /*context*/) const override { return input; }
  Tensor backward(Tensor gradient, Context& /*context*/) const override { return gradient; }
  std::shared_ptr<prepared::Operation> prepare(const Shapes& /*inputs*/) const override {
    return std::make_shared<prepared::Nothing>();
  }
  bool supports_masking() const override { return true; }
};

using Identity = Handle<IdentityLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
