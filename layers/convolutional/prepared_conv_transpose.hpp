#pragma once

#include "../../framework/prepared/linear.hpp"
#include "conv_transpose.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A transposed convolution for inference, channels last.
template <std::size_t Rank>
class PreparedConvTranspose final : public prepared::Linear {
 public:
  /// `sizes` and `output_shape` are the layer's, for an input's shape.
  PreparedConvTranspose(std::function<kernels::ConvSizes(const Shape&)> sizes,
                        std::function<Shape(const Shape&)> output_shape, const Tensor& kernel,
                        const Parameter* bias, const Spec<ActivationFunction>& activation)
      : Linear(kernel.shape(Rank), bias, activation),
        sizes_(std::move(sizes)),
        output_shape_(std::move(output_shape)),
        kernel_(kernel) {}

  std::optional<prepared::Bound> bind(const Shapes& inputs) const override {
    const Shape shape = output_shape_(inputs[0]);
    prepared::Bound bound{shape};
    bound.run = [this, shape, sizes = sizes_(inputs[0])](const real* const* x, real* y) {
      kernels::conv_backprop_input(x[0], kernel_.data(), y, sizes, epilogue());
      ending().apply_function(y, shape);
    };
    return bound;
  }

 private:
  void scale(const std::vector<real>& factors) override {
    prepared::scale_axis(factors, kernel_.shape(Rank + 1), kernel_);
  }

  std::function<kernels::ConvSizes(const Shape&)> sizes_;
  std::function<Shape(const Shape&)> output_shape_;
  Tensor kernel_;  // (..., filters, channels)
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
