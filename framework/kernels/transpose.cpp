#include "transpose.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "../base/parallel.hpp"

#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/transpose.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "transpose_block-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

void tile_f32(std::size_t rows, std::size_t columns, const float* from, std::size_t stride,
              float* to, std::size_t to_stride) {
  transpose_matrix(rows, columns, from, stride, to, to_stride);
}
void tile_f64(std::size_t rows, std::size_t columns, const double* from, std::size_t stride,
              double* to, std::size_t to_stride) {
  transpose_matrix(rows, columns, from, stride, to, to_stride);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {
namespace {

HWY_EXPORT(tile_f32);
HWY_EXPORT(tile_f64);

void transpose_tile(std::size_t rows, std::size_t columns, const float* from, std::size_t stride,
                    float* to, std::size_t to_stride) {
  HWY_DYNAMIC_DISPATCH(tile_f32)(rows, columns, from, stride, to, to_stride);
}
void transpose_tile(std::size_t rows, std::size_t columns, const double* from, std::size_t stride,
                    double* to, std::size_t to_stride) {
  HWY_DYNAMIC_DISPATCH(tile_f64)(rows, columns, from, stride, to, to_stride);
}

// A tile's rows and columns are whole cache lines, and both sides of a tile stay in the L1 cache.
constexpr std::size_t tile = 32;

struct Axis {
  std::size_t size, in_stride;
};

/// The output's axes: those of size 1 dropped, those that stay neighbours joined.
std::vector<Axis> simplified(std::size_t rank, const std::size_t* shape, const std::size_t* axes) {
  std::vector<std::size_t> strides(rank, 1);
  for (std::size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  std::vector<Axis> result;
  for (std::size_t i = 0; i < rank; ++i) {
    const Axis axis{shape[axes[i]], strides[axes[i]]};
    if (axis.size == 1) continue;
    if (!result.empty() && result.back().in_stride == axis.size * axis.in_stride) {
      result.back() = {result.back().size * axis.size, axis.in_stride};
    } else {
      result.push_back(axis);
    }
  }
  return result;
}

/// Where the input's element lies for row-major position `position` of the leading `axes`.
std::size_t offset_of(std::size_t position, const std::vector<Axis>& axes, std::size_t count) {
  std::size_t offset = 0;
  for (std::size_t i = count; i-- > 0;) {
    offset += position % axes[i].size * axes[i].in_stride;
    position /= axes[i].size;
  }
  return offset;
}

}  // namespace

template <class T>
void transpose(std::size_t count, std::size_t rows, std::size_t columns, const T* input,
               T* output) {
  if (count == 0 || rows == 0 || columns == 0) return;
  const std::size_t row_tiles = (rows + tile - 1) / tile;
  const std::size_t column_tiles = (columns + tile - 1) / tile;
  parallel_for(count * row_tiles * column_tiles, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t matrix = i / (row_tiles * column_tiles) * rows * columns;
      const std::size_t r = i / column_tiles % row_tiles * tile, c = i % column_tiles * tile;
      transpose_tile(std::min(tile, rows - r), std::min(tile, columns - c),
                     input + matrix + r * columns + c, columns, output + matrix + c * rows + r,
                     rows);
    }
  });
}

template <class T>
void permute(std::size_t rank, const std::size_t* shape, const std::size_t* axes, const T* input,
             T* output) {
  std::size_t size = 1;
  for (std::size_t i = 0; i < rank; ++i) size *= shape[i];
  if (size == 0) return;
  const std::vector<Axis> out = simplified(rank, shape, axes);
  if (out.size() <= 1) {
    std::memcpy(output, input, size * sizeof(T));
    return;
  }
  const std::size_t last = out.size() - 1;
  if (out[last].in_stride == out[last - 1].size && out[last - 1].in_stride == 1 && last <= 2 &&
      (last == 1 || out[0].in_stride == out[1].size * out[2].size)) {
    const std::size_t count = last == 1 ? 1 : out[0].size;
    return transpose(count, out[last].size, out[last - 1].size, input, output);
  }
  const Axis inner = out[last];
  const std::size_t grain = std::max<std::size_t>(1, 4096 / inner.size);
  parallel_for(size / inner.size, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const T* from = input + offset_of(i, out, last);
      T* to = output + i * inner.size;
      if (inner.in_stride == 1) {
        std::memcpy(to, from, inner.size * sizeof(T));
      } else {
        for (std::size_t j = 0; j < inner.size; ++j) to[j] = from[j * inner.in_stride];
      }
    }
  });
}

#define KERATIN_INSTANTIATE(T)                                                  \
  template void transpose(std::size_t, std::size_t, std::size_t, const T*, T*); \
  template void permute(std::size_t, const std::size_t*, const std::size_t*, const T*, T*);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
#endif
