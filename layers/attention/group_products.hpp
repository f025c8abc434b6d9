#pragma once

#include "../../framework/kernels/gemm.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

// Products of matrices in groups: heads of a batch. Tensors have the axes (groups, rows, columns);
// where the right factor has fewer groups, each serves as many on the left that follow one another.

/// C(g) = A(g) op(B(g / repeats)), repeats the ratio of the groups.
Tensor products(const Tensor& a, kernels::Transpose b_op, const Tensor& b);

/// C(s) = the sum of A(g)^T B(g) over the g with g / repeats = s, for `groups` results.
Tensor summed_products(const Tensor& a, const Tensor& b, std::size_t groups);

}  // namespace keratin::inline KERATIN_VARIANT::layers
