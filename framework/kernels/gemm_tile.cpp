#include "gemm_tile.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/gemm_tile.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "channel_lanes-inl.hpp"
#include "transpose_block-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// With 32 registers: 14 x 2 sums, two vectors of B, one element of A. With 16: 6 x 2.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr std::size_t tile_rows = 14;
constexpr std::size_t wide_sums = 24;
#else
constexpr std::size_t tile_rows = 6;
constexpr std::size_t wide_sums = 12;
#endif

/// Vectors per tile: with few rows several panels at once, so that the sums are enough to hide the
/// latency of the additions.
constexpr std::size_t wide_vectors(std::size_t rows) {
  return std::clamp<std::size_t>(wide_sums / rows / 2 * 2, 2, 8);
}

/// What an epilogue does to a vector of columns.
template <class D, class T = hn::TFromD<D>>
class Finish {
 public:
  HWY_INLINE Finish(D d, const Epilogue<T>& epilogue, std::size_t column)
      : has_bias_(epilogue.bias != nullptr),
        bias_(has_bias_ ? hn::LoadU(d, epilogue.bias + column) : hn::Zero(d)),
        low_(hn::Set(d, epilogue.low)),
        high_(hn::Set(d, epilogue.high)) {}

  HWY_INLINE hn::Vec<D> operator()(hn::Vec<D> sum) const {
    if (has_bias_) sum = hn::Add(sum, bias_);
    // Comparisons rather than Max and Min, which lose NaN on some instruction sets.
    sum = hn::IfThenElse(hn::Lt(sum, low_), low_, sum);
    return hn::IfThenElse(hn::Gt(sum, high_), high_, sum);
  }

 private:
  bool has_bias_;
  hn::Vec<D> bias_, low_, high_;
};

/// Sums `rows` x `vectors` vectors of C over the block's depth and stores the first `columns`.
template <std::size_t rows, std::size_t vectors, bool by_columns, class T>
HWY_NOINLINE void tile(const Block<T>& block, const T* HWY_RESTRICT a, const T* HWY_RESTRICT b,
                       T* const* c, std::size_t column, std::size_t columns,
                       std::size_t stored_rows) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d), a_stride = block.a_stride, b_panel = block.b_panel;
  V sums[rows][vectors];
  KERATIN_UNROLL
  for (std::size_t i = 0; i < rows; ++i) {
    KERATIN_UNROLL
    for (std::size_t v = 0; v < vectors; ++v) sums[i][v] = hn::Zero(d);
  }
  for (std::size_t k = 0; k < block.depth; ++k) {
    V bk[vectors];
    KERATIN_UNROLL
    for (std::size_t v = 0; v < vectors; ++v) {
      bk[v] = hn::LoadU(d, b + v / 2 * b_panel + v % 2 * lanes);
    }
    KERATIN_UNROLL
    for (std::size_t i = 0; i < rows; ++i) {
      const V ai = hn::Set(d, by_columns ? a[i] : a[i * a_stride]);
      KERATIN_UNROLL
      for (std::size_t v = 0; v < vectors; ++v) sums[i][v] = hn::MulAdd(ai, bk[v], sums[i][v]);
    }
    a += by_columns ? a_stride : 1;
    b += block.b_stride;
  }
  // What the stores might alias is asked once.
  const Epilogue<T>* const epilogue = block.epilogue;
  if (columns == vectors * lanes && stored_rows == rows) {
    if (block.accumulate) {
      KERATIN_UNROLL
      for (std::size_t i = 0; i < rows; ++i) {
        KERATIN_UNROLL
        for (std::size_t v = 0; v < vectors; ++v) {
          sums[i][v] = hn::Add(hn::LoadU(d, c[i] + column + v * lanes), sums[i][v]);
        }
      }
    }
    if (epilogue) {
      KERATIN_UNROLL
      for (std::size_t v = 0; v < vectors; ++v) {
        const Finish<decltype(d)> finish(d, *epilogue, column + v * lanes);
        KERATIN_UNROLL
        for (std::size_t i = 0; i < rows; ++i) sums[i][v] = finish(sums[i][v]);
      }
    }
    KERATIN_UNROLL
    for (std::size_t i = 0; i < rows; ++i) {
      T* const ci = c[i] + column;
      KERATIN_UNROLL
      for (std::size_t v = 0; v < vectors; ++v) hn::StoreU(sums[i][v], d, ci + v * lanes);
    }
    return;
  }
  HWY_ALIGN T buffer[rows * vectors * HWY_MAX_BYTES / sizeof(T)];
  KERATIN_UNROLL
  for (std::size_t i = 0; i < rows; ++i) {
    KERATIN_UNROLL
    for (std::size_t v = 0; v < vectors; ++v) {
      hn::StoreU(sums[i][v], d, buffer + (i * vectors + v) * lanes);
    }
  }
  for (std::size_t i = 0; i < stored_rows; ++i) {
    const T* row = buffer + i * vectors * lanes;
    T* const ci = c[i] + column;
    for_each_vector<T>(columns, [&](auto part, std::size_t j) HWY_ATTR {
      auto sum = hn::LoadU(part, row + j);
      if (block.accumulate) sum = hn::Add(hn::LoadU(part, ci + j), sum);
      if (epilogue) sum = Finish<decltype(part)>(part, *epilogue, column + j)(sum);
      hn::StoreU(sum, part, ci + j);
    });
  }
}

template <class T>
using Tile = void (*)(const Block<T>&, const T*, const T*, T* const*, std::size_t, std::size_t,
                      std::size_t);

template <class T>
struct Tiles {
  Tile<T> narrow, panel, wide;  ///< one vector, one panel, wide_vectors(rows)
};

template <class T, std::size_t... index>
constexpr std::array<Tiles<T>, tile_rows> tiles_by_rows(std::index_sequence<index...>) {
  return {{{tile<index + 1, 1, false, T>, tile<index + 1, 2, false, T>,
            tile<index + 1, wide_vectors(index + 1), false, T>}...}};
}

/// A strip of at most tile_rows rows times all columns from `column` on, up to `end`.
template <class T>
void multiply_strip(const Block<T>& block, std::size_t row, std::size_t rows, std::size_t column,
                    std::size_t end) {
  static constexpr auto tiles = tiles_by_rows<T>(std::make_index_sequence<tile_rows>());
  static constexpr Tiles<T> column_tiles{tile<tile_rows, 1, true, T>, tile<tile_rows, 2, true, T>,
                                         tile<tile_rows, 2, true, T>};
  const Tiles<T>& choice = block.a_by_columns ? column_tiles : tiles[rows - 1];
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<T>());
  const std::size_t wide = (block.a_by_columns ? 2 : wide_vectors(rows)) * lanes;
  const T* a =
      block.a + (block.a_by_columns ? row / tile_rows * block.a_strip : row * block.a_stride);
  while (column < end) {
    const T* b = block.b + column / (2 * lanes) * block.b_panel;
    const std::size_t left = end - column;
    const std::size_t width = left >= wide ? wide : std::min(left, 2 * lanes);
    const Tile<T> chosen =
        left >= wide ? choice.wide : (left > lanes ? choice.panel : choice.narrow);
    chosen(block, a, b, block.c + row, column, width, rows);
    column += width;
  }
}

template <class T>
void multiply_block(const Block<T>& block) {
  const std::size_t panel = 2 * hn::Lanes(hn::ScalableTag<T>());
  const std::size_t whole = block.rows / tile_rows * tile_rows;
  // The smaller factor stays in the first-level cache: a panel of B, or all of a small B.
  constexpr std::size_t small_bytes = 16384;
  const bool small = block.depth * block.columns * sizeof(T) <= small_bytes;
  const std::size_t width = small ? block.columns : panel;
  for (std::size_t column = 0; column < block.columns; column += width) {
    const std::size_t end = std::min(column + width, block.columns);
    for (std::size_t row = 0; row < whole; row += tile_rows) {
      multiply_strip(block, row, tile_rows, column, end);
    }
  }
  if (whole < block.rows) multiply_strip(block, whole, block.rows - whole, 0, block.columns);
}

TileShape shape_f32() { return {tile_rows, 2 * hn::Lanes(hn::ScalableTag<float>())}; }
TileShape shape_f64() { return {tile_rows, 2 * hn::Lanes(hn::ScalableTag<double>())}; }
void multiply_f32(const Block<float>& block) { multiply_block(block); }
void multiply_f64(const Block<double>& block) { multiply_block(block); }
/// Copies `used` of `width` elements of each row, zeros after them. A whole row's copy has a length
/// known to the compiler.
template <std::size_t width, class T>
HWY_INLINE void pack_rows(std::size_t rows, std::size_t used, const T* from, std::size_t stride,
                          T* to) {
  if (used == width) {
    for (std::size_t k = 0; k < rows; ++k) {
      std::memcpy(to + k * width, from + k * stride, width * sizeof(T));
    }
    return;
  }
  for (std::size_t k = 0; k < rows; ++k) {
    std::size_t j = 0;
    for (; j < used; ++j) to[k * width + j] = from[k * stride + j];
    for (; j < width; ++j) to[k * width + j] = T{0};
  }
}

template <class T>
void pack_panel(Transpose op, std::size_t depth, std::size_t columns, const T* b, std::size_t ldb,
                T* panel) {
  constexpr std::size_t width = 2 * hn::MaxLanes(hn::ScalableTag<T>());
  if (op == Transpose::no) return pack_rows<width>(depth, columns, b, ldb, panel);
  if (columns < width) std::fill_n(panel, depth * width, T{0});
  transpose_matrix(columns, depth, b, ldb, panel, width);
}

void pack_panel_f32(Transpose op, std::size_t depth, std::size_t columns, const float* b,
                    std::size_t ldb, float* panel) {
  pack_panel(op, depth, columns, b, ldb, panel);
}
void pack_panel_f64(Transpose op, std::size_t depth, std::size_t columns, const double* b,
                    std::size_t ldb, double* panel) {
  pack_panel(op, depth, columns, b, ldb, panel);
}
void pack_strip_f32(std::size_t rows, std::size_t depth, const float* a, std::size_t lda,
                    float* strip) {
  pack_rows<tile_rows>(depth, rows, a, lda, strip);
}
void pack_strip_f64(std::size_t rows, std::size_t depth, const double* a, std::size_t lda,
                    double* strip) {
  pack_rows<tile_rows>(depth, rows, a, lda, strip);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {
namespace {

HWY_EXPORT(shape_f32);
HWY_EXPORT(shape_f64);
HWY_EXPORT(multiply_f32);
HWY_EXPORT(multiply_f64);
HWY_EXPORT(pack_panel_f32);
HWY_EXPORT(pack_panel_f64);
HWY_EXPORT(pack_strip_f32);
HWY_EXPORT(pack_strip_f64);

/// Calls `pack(first, count)` for each group of `width` out of `all`.
template <class Pack>
void for_each_group(std::size_t all, std::size_t width, const Pack& pack) {
  for (std::size_t i = 0; i < all; i += width) pack(i, std::min(width, all - i));
}

}  // namespace

#define KERATIN_TILES(T, suffix)                                                                  \
  template <>                                                                                     \
  TileShape tile_shape<T>() {                                                                     \
    return HWY_DYNAMIC_DISPATCH(shape_##suffix)();                                                \
  }                                                                                               \
  template <>                                                                                     \
  void multiply(const Block<T>& block) {                                                          \
    HWY_DYNAMIC_DISPATCH(multiply_##suffix)(block);                                               \
  }                                                                                               \
  template <>                                                                                     \
  void pack_panels(Transpose op, std::size_t depth, std::size_t columns, const T* b,              \
                   std::size_t ldb, T* panels) {                                                  \
    for_each_group(columns, tile_shape<T>().columns, [&](std::size_t i, std::size_t count) {      \
      HWY_DYNAMIC_DISPATCH(pack_panel_##suffix)                                                   \
      (op, depth, count, op == Transpose::no ? b + i : b + i * ldb, ldb, panels + i * depth);     \
    });                                                                                           \
  }                                                                                               \
  template <>                                                                                     \
  void pack_strips(std::size_t rows, std::size_t depth, const T* a, std::size_t lda, T* strips) { \
    for_each_group(rows, tile_shape<T>().rows, [&](std::size_t i, std::size_t count) {            \
      HWY_DYNAMIC_DISPATCH(pack_strip_##suffix)(count, depth, a + i, lda, strips + i * depth);    \
    });                                                                                           \
  }
KERATIN_TILES(float, f32)
KERATIN_TILES(double, f64)
#undef KERATIN_TILES

}  // namespace keratin::kernels
#endif
