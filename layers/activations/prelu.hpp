#pragma once

#include <optional>
#include <vector>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct PReLUOptions {
  Spec<Initializer> alpha_initializer = "Zeros";
  Spec<Regularizer> alpha_regularizer = {};
  Spec<Constraint> alpha_constraint = {};
  /// The axes, counted from 1 behind the batch axis, along which one alpha serves all places.
  std::optional<std::vector<Dim>> shared_axes = {};
  void describe(Fields& fields);
};

/// x where x > 0, alpha x elsewhere, with an alpha to train for each place (keras.layers.PReLU).
///
/// Input (batch, ...), output the same. Weight: alpha, of the input's shape without the batch axis,
/// 1 along `shared_axes`.
class PReLULayer final : public OptionsLayer<PReLULayer, PReLUOptions> {
 public:
  static constexpr std::string_view keras_name = "PReLU";
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override;

  Parameter* alpha_ = nullptr;
};

using PReLU = Handle<PReLULayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
