#pragma once

#include "../../framework/handle.hpp"
#include "numbers.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RescalingOptions {
  /// One number, or one for each channel (in the format of image_data_format()). Required.
  Numbers scale = 1;
  Numbers offset = 0.0;
  void describe(Fields& fields);
};

/// scale x + offset (keras.layers.Rescaling). Any shape; lists are broadcast to it.
class RescalingLayer final : public OptionsLayer<RescalingLayer, RescalingOptions> {
 public:
  static constexpr std::string_view keras_name = "Rescaling";
  explicit RescalingLayer(Options options = {}, LayerOptions common = {});

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  bool channels_first_;
};

using Rescaling = Handle<RescalingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
