#pragma once

#include <cstddef>

#include "gemm.hpp"

namespace keratin::kernels {

// The machinery below gemm and the convolutions. A product's depth (k) is cut in blocks of
// `depth_block`, always at the same places; each block's part is summed from zero, in order, and
// added to what C holds. Thus an element's bits do not depend on how the rest is cut.

/// A packed block's panel of B (at most 32 KB) stays in the L1 cache.
inline constexpr std::size_t depth_block = 256;

/// The elements of C that the CPU's innermost loop holds in registers.
struct TileShape {
  std::size_t rows, columns;
};
template <class T>
TileShape tile_shape();

/// The depth's block that is at hand, for one block of C. `columns` may end inside a panel.
template <class T>
struct Block {
  std::size_t rows, columns, depth;
  /// A, by rows: element (i, k) at a[i * a_stride + k]; or by columns, in strips of
  /// tile_shape().rows rows: element (i, k) of strip s at a[s * a_strip + k * a_stride + i], the
  /// last strip filled up with anything.
  const T* a;
  std::size_t a_stride, a_strip;
  bool a_by_columns;
  /// B: panels of tile_shape().columns columns, `b_panel` apart, with rows `b_stride` apart.
  const T* b;
  std::size_t b_stride, b_panel;
  /// C: the address of each row.
  T* const* c;
  bool accumulate;              ///< add to C
  const Epilogue<T>* epilogue;  ///< for the last block of the depth; else null
};
template <class T>
void multiply(const Block<T>& block);

/// Packs depth x columns of op(B) into panels, `b` being its first element: zeros fill the last.
template <class T>
void pack_panels(Transpose b_op, std::size_t depth, std::size_t columns, const T* b,
                 std::size_t ldb, T* panels);

/// Packs rows x depth of the transposed `a` (element (i, k) at a[k * lda + i]) into strips with
/// a_stride = tile_shape().rows, a_strip = depth * a_stride.
template <class T>
void pack_strips(std::size_t rows, std::size_t depth, const T* a, std::size_t lda, T* strips);

}  // namespace keratin::kernels
