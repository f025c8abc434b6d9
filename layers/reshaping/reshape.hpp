#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ReshapeOptions {
  /// Without the batch axis; one size may be -1 and follows from the others. Required.
  Shape target_shape = {};
  void describe(Fields& fields);
};

/// (batch, ...) to (batch, target_shape...), elements in the same order (keras.layers.Reshape).
/// Throws ShapeError where the number of elements would change.
class ReshapeLayer final : public OptionsLayer<ReshapeLayer, ReshapeOptions> {
 public:
  static constexpr std::string_view keras_name = "Reshape";
  explicit ReshapeLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
};

using Reshape = Handle<ReshapeLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
