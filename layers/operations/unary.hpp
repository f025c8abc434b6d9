#pragma once

#include "tensor_function.hpp"

namespace keratin::inline KERATIN_VARIANT::layers::operations {

/// A function of one tensor with one result.
class Unary : public TensorFunction {
 public:
  virtual Shape output_shape(const Shape& x) const { return x; }
  virtual Tensor compute(const Tensor& x) const = 0;
  /// The gradient of x.
  virtual Tensor gradient(const Tensor& x, const Tensor& y, Tensor dy) const = 0;

  Shapes output_shapes(const Shapes& operands) const final { return {output_shape(operands[0])}; }
  Tensors forward(TensorRefs operands) const final {
    Tensors outputs;
    outputs.push_back(compute(*operands[0]));
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const final {
    Tensors result;
    result.push_back(gradient(*pass.operands[0], *pass.outputs[0], std::move(gradients[0])));
    return result;
  }
};

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
