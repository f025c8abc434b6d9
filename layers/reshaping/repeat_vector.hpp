#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RepeatVectorOptions {
  /// How often; required.
  Dim n = 0;
  void describe(Fields& fields);
};

/// (batch, features) to (batch, n, features) (keras.layers.RepeatVector). Throws ValueError unless
/// n > 0.
class RepeatVectorLayer final : public OptionsLayer<RepeatVectorLayer, RepeatVectorOptions> {
 public:
  static constexpr std::string_view keras_name = "RepeatVector";
  explicit RepeatVectorLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
};

using RepeatVector = Handle<RepeatVectorLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
