#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// The number, counted from the front, of `axis` in a tensor of `rank` axes. Throws ShapeError,
/// which names `owner`, where there is no such axis.
inline std::size_t normalized_axis(Dim axis, std::size_t rank, std::string_view owner) {
  const auto signed_rank = static_cast<Dim>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    throw ShapeError(
        concat(owner, ": axis ", axis, " is out of bounds for array of dimension ", rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

/// The product of the sizes of axes `begin` to `end` - 1.
inline std::size_t size_of_axes(const Shape& shape, std::size_t begin, std::size_t end) {
  std::size_t size = 1;
  for (std::size_t i = begin; i < end; ++i) size *= static_cast<std::size_t>(shape[i]);
  return size;
}

/// A tensor seen as a block of three axes: `outer` for all before `axis`, `count` for itself, and
/// `inner` for all behind it.
struct AxisSizes {
  AxisSizes(const Shape& shape, std::size_t axis)
      : outer(size_of_axes(shape, 0, axis)),
        count(static_cast<std::size_t>(shape[axis])),
        inner(size_of_axes(shape, axis + 1, shape.size())) {}
  std::size_t outer, count, inner;
};

}  // namespace keratin::inline KERATIN_VARIANT
