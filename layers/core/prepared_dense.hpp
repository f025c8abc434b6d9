#pragma once

#include <algorithm>

#include "../../framework/prepared/linear.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A product over the last axis for inference, with its kernel packed. It can add a tensor to what
/// it computes.
class PreparedDense final : public prepared::Linear {
 public:
  PreparedDense(const Tensor& kernel, const Parameter* bias,
                const Spec<ActivationFunction>& activation)
      : Linear(kernel.shape(1), bias, activation), kernel_(kernel) {}

  void finish() override {
    packed_ = kernels::PackedMatrix<real>(kernels::Transpose::no, kernel_.shape(0),
                                          kernel_.shape(1), kernel_.data(), kernel_.shape(1));
    kernel_ = Tensor();
  }

  std::optional<prepared::Bound> bind(const Shapes& inputs) const override {
    Shape shape = inputs[0];
    shape.back() = static_cast<Dim>(packed_.n());
    if (adds() && inputs[1] != shape) return {};
    std::size_t rows = 1;
    for (std::size_t i = 0; i + 1 < shape.size(); ++i) rows *= static_cast<std::size_t>(shape[i]);
    prepared::Bound bound{shape};
    if (adds()) bound.in_place = {1};
    bound.run = [this, shape, rows](const real* const* x, real* y) {
      if (adds() && x[1] != y) std::copy_n(x[1], rows * packed_.n(), y);
      kernels::gemm<real>(kernels::Transpose::no, rows, x[0], packed_.k(), packed_, adds() ? 1 : 0,
                          y, packed_.n(), epilogue());
      ending().apply_function(y, shape);
    };
    return bound;
  }

 private:
  void scale(const std::vector<real>& factors) override {
    prepared::scale_axis(factors, 1, kernel_);
  }
  bool can_add() const override { return true; }

  Tensor kernel_;
  kernels::PackedMatrix<real> packed_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
