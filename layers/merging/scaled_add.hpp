#pragma once

#include "merge.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ScaledAddOptions {
  /// What the second input is multiplied by; required.
  double scale = 0;
  void describe(Fields& fields);
};

/// The first input plus scale times the second, of exactly two: what keras.applications has in
/// InceptionResNetV2 (keras.src.applications.inception_resnet_v2.CustomScaleLayer).
class ScaledAddLayer final : public OptionsLayer<ScaledAddLayer, ScaledAddOptions, MergeLayer> {
 public:
  static constexpr std::string_view keras_name = "CustomScaleLayer";
  using OptionsLayer::OptionsLayer;

  std::string_view module() const override { return "keras.src.applications.inception_resnet_v2"; }
  std::string registered_name() const override { return std::string(keras_name); }
  bool is_built_when_made() const override { return true; }

 private:
  void check_count(const Shapes& inputs) const override;
  void merge(real* sum, const real* x, std::size_t count) const override;
  void scale_gradient(std::size_t i, const std::vector<const real*>& inputs, const real* output,
                      real* dy, std::size_t count) const override;
  bool needs_inputs() const override { return false; }
};

using ScaledAdd = Handle<ScaledAddLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
