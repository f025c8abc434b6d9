#pragma once

#include "../../framework/axes.hpp"
#include "../../framework/handle.hpp"
#include "row_normalization.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct LayerNormalizationOptions {
  /// The axes to normalise along, which have a gamma and beta of their own for each place.
  Axes axis = -1;
  /// Added to the variance.
  double epsilon = 1e-3;
  /// Whether there is a beta to add.
  bool center = true;
  /// Whether there is a gamma to multiply by.
  bool scale = true;
  /// x / sqrt(variance + epsilon) gamma: neither a mean is subtracted nor a beta added.
  bool rms_scaling = false;
  Spec<Initializer> beta_initializer = "zeros";
  Spec<Initializer> gamma_initializer = "ones";
  Spec<Regularizer> beta_regularizer = {};
  Spec<Regularizer> gamma_regularizer = {};
  Spec<Constraint> beta_constraint = {};
  Spec<Constraint> gamma_constraint = {};
  void describe(Fields& fields);
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta with the statistics along the axes
/// (keras.layers.LayerNormalization; Ba et al., 2016). Any shape whose `axis` sizes are known.
class LayerNormalizationLayer final
    : public OptionsLayer<LayerNormalizationLayer, LayerNormalizationOptions> {
 public:
  static constexpr std::string_view keras_name = "LayerNormalization";
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override;

  AxesNormalization normalization_;
};
using LayerNormalization = Handle<LayerNormalizationLayer>;

struct RMSNormalizationOptions {
  /// The axes to normalise along, which have a scale of their own for each place.
  Axes axis = -1;
  /// Added to the mean square.
  double epsilon = 1e-6;
  void describe(Fields& fields);
};

/// y = scale x / sqrt(mean of x^2 + epsilon) (keras.layers.RMSNormalization; Zhang and Sennrich,
/// 2019).
class RMSNormalizationLayer final
    : public OptionsLayer<RMSNormalizationLayer, RMSNormalizationOptions> {
 public:
  static constexpr std::string_view keras_name = "RMSNormalization";
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override;

  AxesNormalization normalization_;
};
using RMSNormalization = Handle<RMSNormalizationLayer>;

struct UnitNormalizationOptions {
  Axes axis = -1;
  void describe(Fields& fields);
};

/// x divided by its Euclidean norm along the axes (keras.layers.UnitNormalization), which counts
/// as at least 1e-6.
class UnitNormalizationLayer final
    : public OptionsLayer<UnitNormalizationLayer, UnitNormalizationOptions> {
 public:
  static constexpr std::string_view keras_name = "UnitNormalization";
  explicit UnitNormalizationLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  AxesNormalization normalization_;
};
using UnitNormalization = Handle<UnitNormalizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
