#pragma once

#include <optional>

#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Writes or reads `noise_shape`, a list of integers or nulls, or null.
void describe_noise_shape(Fields& fields, std::optional<Shape>& noise_shape);

/// Throws ValueError unless each size is positive or `unknown`.
void check_noise_shape(const Layer& layer, const std::optional<Shape>& noise_shape);

/// The shape to draw for an input of `shape`. Throws ShapeError where `noise_shape` does not suit.
Shape drawn_shape(const Layer& layer, const std::optional<Shape>& noise_shape, const Shape& shape);

}  // namespace keratin::inline KERATIN_VARIANT::layers
