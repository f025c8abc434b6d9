#pragma once

#include "../activation.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

struct AxisOptions {
  /// Negative values count from the end.
  int axis = -1;
  void describe(Fields& fields);
};

/// A function of all elements along one axis together.
class AlongAxis : public ActivationFunction {
 public:
  /// Throws ShapeError where x has no such axis.
  Tensor forward(Tensor x) const override;
  Tensor backward(const Tensor& kept, Tensor dy) const override;
  Keeps keeps() const override { return Keeps::output; }

 protected:
  virtual int axis() const = 0;
  /// Turns the elements x along the axis into y.
  virtual void apply(real* x, std::size_t count) const = 0;
  /// Turns their dy into dx; `kept` is what keeps() says.
  virtual void change_gradient(const real* kept, real* dy, std::size_t count) const = 0;
};

/// exp(x) / sum of exp(x) along the axis (keras.activations.softmax).
class Softmax final : public WithOptions<Softmax, AxisOptions, AlongAxis> {
 public:
  static constexpr std::string_view keras_name = "softmax";
  using WithOptions::WithOptions;

 private:
  int axis() const override { return options_.axis; }
  void apply(real* x, std::size_t count) const override;
  void change_gradient(const real* y, real* dy, std::size_t count) const override;
};

/// x - log(sum of exp(x)) along the axis (keras.activations.log_softmax).
class LogSoftmax final : public WithOptions<LogSoftmax, AxisOptions, AlongAxis> {
 public:
  static constexpr std::string_view keras_name = "log_softmax";
  using WithOptions::WithOptions;

 private:
  int axis() const override { return options_.axis; }
  void apply(real* x, std::size_t count) const override;
  void change_gradient(const real* y, real* dy, std::size_t count) const override;
};

/// max(x - tau, 0) with Keras's tau = (the sum of c_1 .. c_k - 1) / k, where c_i is the sum of the
/// i largest x, and k the last with x_k > (c_k - 1) / k (keras.activations.sparsemax). Martins and
/// Astudillo, "From softmax to sparsemax", 2016, have (c_k - 1) / k, the projection onto the
/// probability simplex, which Keras gives where k = 1.
class Sparsemax final : public WithOptions<Sparsemax, AxisOptions, AlongAxis> {
 public:
  static constexpr std::string_view keras_name = "sparsemax";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  struct Support {
    Support(const real* x, std::size_t count);
    std::vector<std::size_t> order;  ///< of the k largest, the largest first
    double tau;
  };
  int axis() const override { return options_.axis; }
  void apply(real* x, std::size_t count) const override;
  void change_gradient(const real* x, real* dy, std::size_t count) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::activations
