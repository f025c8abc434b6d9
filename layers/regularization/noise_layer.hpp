#pragma once

#include <cstdint>
#include <optional>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The seed of a layer: the one it was given, or a new one.
std::uint64_t seed_or_next(const std::optional<Dim>& seed);

/// A tensor of `shape` with 1 / (1 - rate) where a place is kept and 0, with probability `rate`,
/// where it is dropped: the same with any number of threads.
Tensor keep_scales(const Shape& shape, double rate, const Random& random);

/// x times `factors`, broadcast to the shape of x.
Tensor times_broadcast(Tensor x, const Tensor& factors);

/// Throws ValueError unless 0 <= rate <= 1.
void check_rate(const Layer& layer, double rate);

}  // namespace keratin::inline KERATIN_VARIANT::layers
