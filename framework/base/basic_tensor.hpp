#pragma once

#include <cstdint>
#include <vector>

// Must come before every other xtensor header.
#include "xtensor_fix.hpp"

#include <xtensor/xarray.hpp>

#include "pool_allocator.hpp"

namespace keratin {

/// A dense, row-major array of any rank and element type, on pooled memory.
template <class T>
using BasicTensor = xt::xarray<T, xt::layout_type::row_major, PoolAllocator<T>>;

/// A static shape; `unknown` marks an axis known only at run time (Keras: None).
using Dim = std::int64_t;
using Shape = std::vector<Dim>;
using Shapes = std::vector<Shape>;
inline constexpr Dim unknown = -1;

/// The shape of `tensor` as a `Shape`.
template <class T>
Shape shape_of(const BasicTensor<T>& tensor) {
  return {tensor.shape().begin(), tensor.shape().end()};
}

/// A tensor of `shape` whose elements are not initialised.
template <class T>
BasicTensor<T> empty_tensor(const Shape& shape) {
  return BasicTensor<T>(typename BasicTensor<T>::shape_type(shape.begin(), shape.end()));
}

}  // namespace keratin
