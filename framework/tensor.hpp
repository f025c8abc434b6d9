#pragma once

#include "base/basic_tensor.hpp"

// The library is built once for each element type; each build has an inline namespace of its own,
// so that a program may link both.
#ifndef KERATIN_REAL
#define KERATIN_REAL float
#endif
#ifndef KERATIN_VARIANT
#define KERATIN_VARIANT f32
#endif

namespace keratin::inline KERATIN_VARIANT {

/// The scalar every layer computes in: float, or double in the variant keratin::keratin_f64.
using real = KERATIN_REAL;

/// All data between layers is of this type.
using Tensor = BasicTensor<real>;
using Tensors = std::vector<Tensor>;

/// A tensor of `shape` whose elements are not initialised.
inline Tensor empty(const Shape& shape) { return empty_tensor<real>(shape); }
/// A tensor of `shape` filled with `value`.
inline Tensor full(const Shape& shape, real value) {
  Tensor tensor = empty(shape);
  tensor.fill(value);
  return tensor;
}
inline Tensor zeros(const Shape& shape) { return full(shape, 0); }

/// `tensor` with its elements in the same order under another shape.
inline Tensor reshaped(Tensor tensor, const Shape& shape) {
  // Through an unsigned shape: xtensor divides by the sizes of a signed one, which may be 0.
  tensor.reshape(Tensor::shape_type(shape.begin(), shape.end()));
  return tensor;
}

}  // namespace keratin::inline KERATIN_VARIANT
