#pragma once

#include "pointwise.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

/// exp(x) (keras.activations.exponential).
class Exponential final : public PointwiseOf<Exponential> {
 public:
  static constexpr std::string_view keras_name = "exponential";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// 1 / (1 + exp(-x)) (keras.activations.sigmoid).
class Sigmoid final : public PointwiseOf<Sigmoid> {
 public:
  static constexpr std::string_view keras_name = "sigmoid";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// tanh(x) (keras.activations.tanh).
class Tanh final : public PointwiseOf<Tanh> {
 public:
  static constexpr std::string_view keras_name = "tanh";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// log(1 + exp(x)) (keras.activations.softplus).
class Softplus final : public PointwiseOf<Softplus> {
 public:
  static constexpr std::string_view keras_name = "softplus";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// log(sigmoid(x)) (keras.activations.log_sigmoid).
class LogSigmoid final : public PointwiseOf<LogSigmoid> {
 public:
  static constexpr std::string_view keras_name = "log_sigmoid";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// x / (1 + |x|) (keras.activations.softsign).
class Softsign final : public PointwiseOf<Softsign> {
 public:
  static constexpr std::string_view keras_name = "softsign";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// x sigmoid(x) (keras.activations.silu, swish).
class Silu final : public PointwiseOf<Silu> {
 public:
  static constexpr std::string_view keras_name = "silu";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct GeluOptions {
  bool approximate = false;
  void describe(Fields& fields);
};

/// x times the normal distribution function of x, or where `approximate` its form with tanh
/// (keras.activations.gelu).
class Gelu final : public PointwiseOf<Gelu, GeluOptions> {
 public:
  static constexpr std::string_view keras_name = "gelu";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// x tanh(softplus(x)) (keras.activations.mish).
class Mish final : public PointwiseOf<Mish> {
 public:
  static constexpr std::string_view keras_name = "mish";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// x - tanh(x) (keras.activations.tanh_shrink).
class TanhShrink final : public PointwiseOf<TanhShrink> {
 public:
  static constexpr std::string_view keras_name = "tanh_shrink";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

struct SquareplusOptions {
  double b = 4;
  void describe(Fields& fields);
};

/// (x + sqrt(x^2 + b)) / 2 (keras.activations.squareplus).
class Squareplus final : public PointwiseOf<Squareplus, SquareplusOptions> {
 public:
  static constexpr std::string_view keras_name = "squareplus";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::activations
