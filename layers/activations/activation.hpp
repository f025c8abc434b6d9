#pragma once

#include "function_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ActivationOptions {
  /// Required.
  Spec<ActivationFunction> activation = {};
  void describe(Fields& fields);
};

/// Applies a function to its input (keras.layers.Activation). Any shape.
class ActivationLayer final : public FunctionLayer<ActivationLayer, ActivationOptions> {
 public:
  static constexpr std::string_view keras_name = "Activation";
  explicit ActivationLayer(Options options = {}, LayerOptions common = {});
};

using Activation = Handle<ActivationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
