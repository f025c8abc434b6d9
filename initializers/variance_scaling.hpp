#pragma once

#include <optional>
#include <string>

#include "../framework/axes.hpp"
#include "seed.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

struct Fans {
  double in = 1;
  double out = 1;
};

/// How many inputs and outputs a weight of `shape` connects, as Keras counts them: all axes but the
/// last two are a receptive field. For a depthwise kernel (h, w, channels, multiplier) that makes
/// in = h w channels although each output sees h w inputs; `input_axes` = {0, 1} says so. Where
/// given, `input_axes` and `output_axes` name the axes whose product is the number.
Fans compute_fans(const Shape& shape, const std::optional<Axes>& input_axes = {},
                  const std::optional<Axes>& output_axes = {});

enum class FanMode { fan_in, fan_out, fan_avg };
enum class Distribution { truncated_normal, untruncated_normal, uniform };

/// Variance scale / max(1, fan).
struct Scaling {
  double scale;
  FanMode mode;
  Distribution distribution;
};
Tensor draw_scaled(const Scaling& scaling, const Fans& fans, const Random& random,
                   const Shape& shape);

struct VarianceScalingOptions {
  /// Positive.
  double scale = 1;
  /// "fan_in", "fan_out" or "fan_avg".
  std::string mode = "fan_in";
  /// "truncated_normal" (Keras 1 and 2 also say "normal"), "untruncated_normal" or "uniform".
  std::string distribution = "truncated_normal";
  Seed seed = {};
  std::optional<Axes> input_axes = {};
  std::optional<Axes> output_axes = {};
  void describe(Fields& fields);
};

/// Random values whose variance is `scale` divided by the number of inputs, outputs or their mean.
/// Throws ValueError for a scale that is not positive and for unknown modes and distributions.
class VarianceScaling final : public RandomInitializer<VarianceScaling, VarianceScalingOptions> {
 public:
  static constexpr std::string_view keras_name = "VarianceScaling";
  VarianceScaling() : VarianceScaling(VarianceScalingOptions{}) {}
  explicit VarianceScaling(VarianceScalingOptions options);
  Tensor operator()(const Shape& shape) const override;

 private:
  Scaling scaling_;
};

struct FanOptions {
  Seed seed = {};
  std::optional<Axes> input_axes = {};
  std::optional<Axes> output_axes = {};
  void describe(Fields& fields);
};

/// VarianceScaling with the arguments `Derived::scaling`.
template <class Derived>
class FanScaling : public RandomInitializer<Derived, FanOptions> {
 public:
  using RandomInitializer<Derived, FanOptions>::RandomInitializer;
  Tensor operator()(const Shape& shape) const override {
    const FanOptions& options = this->options();
    return draw_scaled(Derived::scaling,
                       compute_fans(shape, options.input_axes, options.output_axes), this->random(),
                       shape);
  }
};

/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
/// 2010: variance 2 / (fan_in + fan_out).
class GlorotNormal final : public FanScaling<GlorotNormal> {
 public:
  static constexpr std::string_view keras_name = "GlorotNormal";
  static constexpr Scaling scaling = {1, FanMode::fan_avg, Distribution::truncated_normal};
  using FanScaling::FanScaling;
};
class GlorotUniform final : public FanScaling<GlorotUniform> {
 public:
  static constexpr std::string_view keras_name = "GlorotUniform";
  static constexpr Scaling scaling = {1, FanMode::fan_avg, Distribution::uniform};
  using FanScaling::FanScaling;
};

/// He et al., "Delving deep into rectifiers", 2015: variance 2 / fan_in.
class HeNormal final : public FanScaling<HeNormal> {
 public:
  static constexpr std::string_view keras_name = "HeNormal";
  static constexpr Scaling scaling = {2, FanMode::fan_in, Distribution::truncated_normal};
  using FanScaling::FanScaling;
};
class HeUniform final : public FanScaling<HeUniform> {
 public:
  static constexpr std::string_view keras_name = "HeUniform";
  static constexpr Scaling scaling = {2, FanMode::fan_in, Distribution::uniform};
  using FanScaling::FanScaling;
};

/// LeCun et al., "Efficient backprop", 1998: variance 1 / fan_in.
class LecunNormal final : public FanScaling<LecunNormal> {
 public:
  static constexpr std::string_view keras_name = "LecunNormal";
  static constexpr Scaling scaling = {1, FanMode::fan_in, Distribution::truncated_normal};
  using FanScaling::FanScaling;
};
class LecunUniform final : public FanScaling<LecunUniform> {
 public:
  static constexpr std::string_view keras_name = "LecunUniform";
  static constexpr Scaling scaling = {1, FanMode::fan_in, Distribution::uniform};
  using FanScaling::FanScaling;
};

}  // namespace keratin::inline KERATIN_VARIANT::initializers
