#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ActivityRegularizationOptions {
  double l1 = 0;
  double l2 = 0;
  void describe(Fields& fields);
};

/// The identity, with the penalty l1 sum |x| + l2 sum x^2 on what passes
/// (keras.layers.ActivityRegularization). Any shape.
class ActivityRegularizationLayer final
    : public OptionsLayer<ActivityRegularizationLayer, ActivityRegularizationOptions> {
 public:
  static constexpr std::string_view keras_name = "ActivityRegularization";
  explicit ActivityRegularizationLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& /*context*/) const override { return input; }
  Tensor backward(Tensor gradient, Context& /*context*/) const override { return gradient; }
  bool supports_masking() const override { return true; }
  void write_config(Json& config) const override;
};

using ActivityRegularization = Handle<ActivityRegularizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
