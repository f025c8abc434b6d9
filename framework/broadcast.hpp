#pragma once

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// `tensor` repeated along its axes of size 1 to have `shape`; missing axes are added in front, as
/// numpy does. Throws ShapeError where that cannot be.
Tensor broadcast_to(const Tensor& tensor, const Shape& shape);

/// The opposite: `tensor` summed over the axes that broadcast_to(..., shape of `tensor`) would
/// repeat in a tensor of `shape`. Sums have the same bits with any number of threads.
Tensor sum_to(const Tensor& tensor, const Shape& shape);

/// The shape that tensors of these shapes are broadcast to together, `unknown` where a size is not
/// known. Throws ShapeError: "Inputs have incompatible shapes. ..."
Shape broadcast_shape(const Shape& a, const Shape& b);

}  // namespace keratin::inline KERATIN_VARIANT
