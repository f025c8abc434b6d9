#pragma once

#include <optional>

#include "noise_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct GaussianNoiseOptions {
  /// Of the noise, 0 to 1; required.
  double stddev = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, adds normal noise of mean 0; otherwise the identity (keras.layers.GaussianNoise).
/// Any shape.
class GaussianNoiseLayer final : public OptionsLayer<GaussianNoiseLayer, GaussianNoiseOptions> {
 public:
  static constexpr std::string_view keras_name = "GaussianNoise";
  explicit GaussianNoiseLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }

 private:
  std::uint64_t seed_;
};
using GaussianNoise = Handle<GaussianNoiseLayer>;

struct GaussianDropoutOptions {
  /// The noise has the standard deviation sqrt(rate / (1 - rate)); 0 to below 1; required.
  double rate = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, multiplies with normal noise of mean 1; otherwise the identity
/// (keras.layers.GaussianDropout; Srivastava et al., 2014). Any shape.
class GaussianDropoutLayer final
    : public OptionsLayer<GaussianDropoutLayer, GaussianDropoutOptions> {
 public:
  static constexpr std::string_view keras_name = "GaussianDropout";
  explicit GaussianDropoutLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }

 private:
  std::uint64_t seed_;
};
using GaussianDropout = Handle<GaussianDropoutLayer>;

struct AlphaDropoutOptions {
  /// The share of the elements to drop, 0 to below 1; required.
  double rate = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  /// As in Dropout.
  std::optional<Shape> noise_shape = {};
  void describe(Fields& fields);
};

/// In training, sets elements to selu's value at minus infinity and rescales so that mean and
/// variance stay; otherwise the identity (keras.layers.AlphaDropout; Klambauer et al., 2017). Any
/// shape.
class AlphaDropoutLayer final : public OptionsLayer<AlphaDropoutLayer, AlphaDropoutOptions> {
 public:
  static constexpr std::string_view keras_name = "AlphaDropout";
  explicit AlphaDropoutLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }

 private:
  std::uint64_t seed_;
};
using AlphaDropout = Handle<AlphaDropoutLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
