#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct GroupNormalizationOptions {
  /// The groups of channels that share statistics; -1: each channel is one. Must divide the
  /// number of channels.
  Dim groups = 32;
  /// The axis of the channels.
  Dim axis = -1;
  /// Added to the variance.
  double epsilon = 1e-3;
  /// Whether there is a beta to add.
  bool center = true;
  /// Whether there is a gamma to multiply by.
  bool scale = true;
  Spec<Initializer> beta_initializer = "zeros";
  Spec<Initializer> gamma_initializer = "ones";
  Spec<Regularizer> beta_regularizer = {};
  Spec<Regularizer> gamma_regularizer = {};
  Spec<Constraint> beta_constraint = {};
  Spec<Constraint> gamma_constraint = {};
  void describe(Fields& fields);
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta with the statistics of each example's
/// group of channels over all places (keras.layers.GroupNormalization; Wu and He, 2018).
///
/// Input (batch, ...) of rank 2 or more. Weights gamma and beta (channels).
class GroupNormalizationLayer final
    : public OptionsLayer<GroupNormalizationLayer, GroupNormalizationOptions> {
 public:
  static constexpr std::string_view keras_name = "GroupNormalization";
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override;
  /// (batch, places, channels) to (batch, groups, places, channels of the group), and back.
  Tensor grouped(Tensor tensor, std::size_t batch, bool back) const;

  std::size_t groups_ = 1;
  std::size_t channels_ = 0;
  Parameter* gamma_ = nullptr;
  Parameter* beta_ = nullptr;
};

using GroupNormalization = Handle<GroupNormalizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
