#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct MaskingOptions {
  double mask_value = 0;
  void describe(Fields& fields);
};

/// Masks the steps all of whose features are `mask_value`, and sets them to 0
/// (keras.layers.Masking).
///
/// Input (batch, steps, features) or of any rank from 2 on; output the same, with a mask of its
/// shape without the last axis.
class MaskingLayer final : public OptionsLayer<MaskingLayer, MaskingOptions> {
 public:
  static constexpr std::string_view keras_name = "Masking";
  explicit MaskingLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  Tensor computed_mask(const Tensor& input) const;
};

using Masking = Handle<MaskingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
