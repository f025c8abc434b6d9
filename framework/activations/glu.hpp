#pragma once

#include "softmax.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

/// a sigmoid(b), where a and b are the halves of x along the axis (Dauphin et al., "Language
/// modeling with gated convolutional networks", 2017; keras.activations.glu). The axis of the
/// output is half as long. Throws ShapeError where it is odd.
class Glu final : public WithOptions<Glu, AxisOptions, ActivationFunction> {
 public:
  static constexpr std::string_view keras_name = "glu";
  using WithOptions::WithOptions;

  Shape compute_output_shape(const Shape& x) const override;
  Tensor forward(Tensor x) const override;
  Keeps keeps() const override { return Keeps::input; }
  Tensor backward(const Tensor& kept, Tensor dy) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::activations
