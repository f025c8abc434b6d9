#pragma once

#include <vector>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

/// `weight` for each of the values of `shape`, which has its rank: axes of 1 are repeated. Throws
/// ShapeError where they don't fit.
std::vector<double> broadcast_weights(const Tensor& weight, const Shape& shape);

/// The same where `weight` may lack the last axis, or be one number.
std::vector<double> elementwise_weights(const Tensor& weight, const Shape& shape);

[[noreturn]] void refuse_weight(const Tensor& weight, const Shape& shape);

}  // namespace keratin::inline KERATIN_VARIANT::metrics
