#pragma once

#include "../activation.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

/// A function of each element alone, computed in place.
class Pointwise : public ActivationFunction {
 public:
  Tensor forward(Tensor x) const final;
  Tensor forward_of(const Tensor& x) const final;
  Tensor backward(const Tensor& kept, Tensor dy) const final;
  Keeps keeps() const override { return Keeps::output; }
  /// Turns the `count` elements x into y.
  void transform(real* x, std::size_t count) const;

 protected:
  /// The most elements that apply() and scale_gradient() are given at a time.
  static constexpr std::size_t piece = 1024;
  /// Turns x into y.
  virtual void apply(real* x, std::size_t count) const = 0;
  /// Turns dy into dx; `kept` is what keeps() says.
  virtual void scale_gradient(const real* kept, real* dy, std::size_t count) const = 0;
};

/// A Pointwise named `Derived::keras_name`, with options.
template <class Derived, class Options = NoOptions>
using PointwiseOf = WithOptions<Derived, Options, Pointwise>;

}  // namespace keratin::inline KERATIN_VARIANT::activations
