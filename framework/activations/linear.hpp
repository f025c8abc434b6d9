#pragma once

#include "../activation.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

/// x itself (keras.activations.linear).
class Linear final : public WithOptions<Linear, NoOptions, ActivationFunction> {
 public:
  static constexpr std::string_view keras_name = "linear";
  using WithOptions::WithOptions;
  Tensor forward(Tensor x) const override { return x; }
  Keeps keeps() const override { return Keeps::output; }
  Tensor backward(const Tensor& /*kept*/, Tensor dy) const override { return dy; }
};

}  // namespace keratin::inline KERATIN_VARIANT::activations
