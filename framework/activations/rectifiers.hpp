#pragma once

#include <optional>

#include "pointwise.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

struct ReluOptions {
  double negative_slope = 0;
  /// None: no upper bound.
  std::optional<double> max_value = {};
  double threshold = 0;
  void describe(Fields& fields);
};

/// max_value where x > max_value, x where threshold < x <= max_value, and
/// negative_slope (x - threshold) below (keras.activations.relu).
class Relu final : public PointwiseOf<Relu, ReluOptions> {
 public:
  static constexpr std::string_view keras_name = "relu";
  using WithOptions::WithOptions;
  Keeps keeps() const override {
    // The output 6 tells nothing of the input, but there the derivative is 0.
    const bool follows = options_.threshold == 0 && options_.negative_slope >= 0 &&
                         options_.max_value.value_or(6) == 6;
    return follows ? Keeps::output : Keeps::input;
  }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// min(max(x, 0), 6) (keras.activations.relu6).
class Relu6 final : public PointwiseOf<Relu6> {
 public:
  static constexpr std::string_view keras_name = "relu6";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct LeakyReluOptions {
  double negative_slope = 0.2;
  void describe(Fields& fields);
};

/// x where x > 0, negative_slope x elsewhere (keras.activations.leaky_relu).
class LeakyRelu final : public PointwiseOf<LeakyRelu, LeakyReluOptions> {
 public:
  static constexpr std::string_view keras_name = "leaky_relu";
  using WithOptions::WithOptions;
  Keeps keeps() const override {
    return options_.negative_slope >= 0 ? Keeps::output : Keeps::input;
  }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct EluOptions {
  double alpha = 1;
  void describe(Fields& fields);
};

/// x where x > 0, alpha (exp(x) - 1) elsewhere (keras.activations.elu).
class Elu final : public PointwiseOf<Elu, EluOptions> {
 public:
  static constexpr std::string_view keras_name = "elu";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return options_.alpha >= 0 ? Keeps::output : Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct CeluOptions {
  double alpha = 1;
  void describe(Fields& fields);
};

/// x where x > 0, alpha (exp(x / alpha) - 1) elsewhere (keras.activations.celu); alpha > 0.
class Celu final : public PointwiseOf<Celu, CeluOptions> {
 public:
  static constexpr std::string_view keras_name = "celu";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// scale x where x > 0, scale alpha (exp(x) - 1) elsewhere, with the constants of Klambauer et al.,
/// "Self-normalizing neural networks", 2017 (keras.activations.selu).
class Selu final : public PointwiseOf<Selu> {
 public:
  static constexpr std::string_view keras_name = "selu";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct ThresholdOptions {
  double threshold = 0;
  double default_value = 0;
  void describe(Fields& fields);
};

/// x where x > threshold, default_value elsewhere (keras.activations.threshold).
class Threshold final : public PointwiseOf<Threshold, ThresholdOptions> {
 public:
  static constexpr std::string_view keras_name = "threshold";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct HardShrinkOptions {
  double threshold = 0.5;
  void describe(Fields& fields);
};

/// x where |x| > threshold, 0 elsewhere (keras.activations.hard_shrink).
class HardShrink final : public PointwiseOf<HardShrink, HardShrinkOptions> {
 public:
  static constexpr std::string_view keras_name = "hard_shrink";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct SoftShrinkOptions {
  double threshold = 0.5;
  void describe(Fields& fields);
};

/// x moved towards 0 by threshold, 0 where |x| <= threshold (keras.activations.soft_shrink).
class SoftShrink final : public PointwiseOf<SoftShrink, SoftShrinkOptions> {
 public:
  static constexpr std::string_view keras_name = "soft_shrink";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::activations
