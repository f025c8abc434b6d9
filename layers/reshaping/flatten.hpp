#pragma once

#include "../../framework/extent.hpp"
#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct FlattenOptions {
  /// channels_first: the channels go last first, so that weights behind it serve both formats.
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// (batch, ...) to (batch, all the rest in one axis) (keras.layers.Flatten); (batch,) becomes
/// (batch, 1).
class FlattenLayer final : public OptionsLayer<FlattenLayer, FlattenOptions> {
 public:
  static constexpr std::string_view keras_name = "Flatten";
  explicit FlattenLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
};

using Flatten = Handle<FlattenLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
