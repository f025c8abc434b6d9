#pragma once

#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

// What Embedding and ReversibleEmbedding share.

/// The row of `table` for each of `indices`, (..., columns). Throws ValueError, which names the
/// layer, for an index that the table does not have.
Tensor looked_up(const Layer& owner, const Tensor& table, const Tensor& indices);

/// The gradient of the table: the rows of `gradient`, each added to that of its index.
Tensor lookup_gradient(const Layer& owner, const Shape& table, const Tensor& indices,
                       const Tensor& gradient);

/// 1 where an index is not 0.
Tensor nonzero_mask(const Tensor& indices);

/// Throws ValueError unless `value`, of the argument of this name, is positive.
void check_embedding_size(const Layer& owner, const char* argument, Dim value);

}  // namespace keratin::inline KERATIN_VARIANT::layers
