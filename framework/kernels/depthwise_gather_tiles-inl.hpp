// Tiles of pixels whose sums stay in registers, with the channels as lanes. Included once per
// instruction set.
#if defined(KERATIN_DEPTHWISE_GATHER_TILES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_GATHER_TILES_INL
#undef KERATIN_DEPTHWISE_GATHER_TILES_INL
#else
#define KERATIN_DEPTHWISE_GATHER_TILES_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

#include "depthwise_conv2d.hpp"
#include "simd.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Where a tap reads: row[offset + pixel * step + channel], weights[channel].
template <class T>
struct TilePoint {
  const T* row;
  std::ptrdiff_t offset;
  const T* weights;
};

/// What tiles share: the channels to compute and what becomes of the sums.
template <class T>
struct TileChannels {
  std::size_t begin, end;
  const T* bias;
  T lower, upper;
  bool stream = false;  ///< store past the caches; results are aligned
};

template <class D, class V, class T>
HWY_INLINE void store_clamped(D d, V sum, const TileChannels<T>& channels, T* to) {
  const auto lower = hn::Set(d, channels.lower), upper = hn::Set(d, channels.upper);
#if HWY_TARGET == HWY_SCALAR
  sum = hn::IfThenElse(hn::Lt(sum, lower), lower, sum);
  sum = hn::IfThenElse(hn::Lt(upper, sum), upper, sum);
#else
  // In this order a NaN passes on.
  sum = hn::Min(upper, hn::Max(lower, sum));
#endif
  if (channels.stream) {
    hn::Stream(sum, d, to);
  } else {
    hn::StoreU(sum, d, to);
  }
}

/// P pixels times V vectors from channel c on.
template <std::size_t P, std::size_t V, class D, class T>
HWY_INLINE void gather_vectors(D d, const TilePoint<T>* points, std::size_t count,
                               std::ptrdiff_t at, std::size_t step, std::size_t c,
                               const TileChannels<T>& channels, T* result,
                               std::size_t result_step) {
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<D> sums[P][V];
  KERATIN_UNROLL
  for (std::size_t v = 0; v < V; ++v) {
    const auto bias = channels.bias ? hn::LoadU(d, channels.bias + c + v * lanes) : hn::Zero(d);
    KERATIN_UNROLL
    for (std::size_t p = 0; p < P; ++p) sums[p][v] = bias;
  }
  for (const TilePoint<T>* point = points; point != points + count; ++point) {
    const T* x = point->row + (point->offset + at + static_cast<std::ptrdiff_t>(c));
    const T* w = point->weights + c;
    KERATIN_UNROLL
    for (std::size_t v = 0; v < V; ++v) {
      const auto weight = hn::LoadU(d, w + v * lanes);
      KERATIN_UNROLL
      for (std::size_t p = 0; p < P; ++p) {
        sums[p][v] = hn::MulAdd(hn::LoadU(d, x + p * step + v * lanes), weight, sums[p][v]);
      }
    }
  }
  KERATIN_UNROLL
  for (std::size_t p = 0; p < P; ++p) {
    KERATIN_UNROLL
    for (std::size_t v = 0; v < V; ++v) {
      store_clamped(d, sums[p][v], channels, result + p * result_step + c + v * lanes);
    }
  }
}

/// P pixels, `step` apart in the source, by any list of taps.
template <std::size_t P, class D, class T>
HWY_NOINLINE void gather_tile(D d, const TilePoint<T>* points, std::size_t count, std::ptrdiff_t at,
                              std::size_t step, const TileChannels<T>& channels, T* result,
                              std::size_t result_step) {
  constexpr std::size_t V = P == 1 ? 8 : P == 2 ? 4 : P <= 4 ? 2 : 1;  // sums hide the latency
  const std::size_t lanes = hn::Lanes(d);
  std::size_t next = channels.begin;
  if constexpr (V > 1) {
    for (; next + V * lanes <= channels.end; next += V * lanes) {
      gather_vectors<P, V>(d, points, count, at, step, next, channels, result, result_step);
    }
  }
  for (; next < channels.end; next += lanes) {
    const std::size_t c = std::min(next, channels.end - lanes);  // may overlap the one before
    gather_vectors<P, 1>(d, points, count, at, step, c, channels, result, result_step);
  }
}

/// The source columns of a tile, and those that exist.
struct DenseColumns {
  std::ptrdiff_t at;     ///< of the tile's first column, which may not exist
  std::ptrdiff_t pixel;  ///< elements from one column to the next
  std::size_t begin, end;

  /// `wide` columns, the first of which is `left`, out of `sources`.
  void place(std::ptrdiff_t left, std::size_t wide, std::size_t sources) {
    const auto last = static_cast<std::ptrdiff_t>(wide);
    at = left * pixel;
    begin = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(-left, 0, last));
    end = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(sources) - left, 0, last));
  }
};

/// Source rows of a dense tile, null above and below the image.
template <class T, std::size_t rows>
struct DenseSource : DenseColumns {
  const T* row[rows];
};

/// K x K taps next to each other, S apart: H rows of W pixels. Every source pixel is loaded once.
template <std::size_t K, std::size_t S, std::size_t H, std::size_t W, bool border, class D, class T>
HWY_INLINE void dense_tile(D d, const DenseSource<T, (H - 1) * S + K>& source, const T* weights,
                           std::ptrdiff_t tap, const TileChannels<T>& channels, T* result,
                           std::size_t result_row, std::size_t result_pixel) {
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t next = channels.begin; next < channels.end; next += lanes) {
    const std::size_t c = std::min(next, channels.end - lanes);
    const auto bias = channels.bias ? hn::LoadU(d, channels.bias + c) : hn::Zero(d);
    hn::Vec<D> sums[H][W];
    KERATIN_UNROLL
    for (std::size_t h = 0; h < H; ++h) {
      KERATIN_UNROLL
      for (std::size_t w = 0; w < W; ++w) sums[h][w] = bias;
    }
    KERATIN_UNROLL
    for (std::size_t r = 0; r < (H - 1) * S + K; ++r) {
      if (border && !source.row[r]) continue;
      const std::ptrdiff_t at = source.at + static_cast<std::ptrdiff_t>(c);
      KERATIN_UNROLL
      for (std::size_t q = 0; q < (W - 1) * S + K; ++q) {
        if (border && (q < source.begin || q >= source.end)) continue;
        const auto value =
            hn::LoadU(d, source.row[r] + (at + static_cast<std::ptrdiff_t>(q) * source.pixel));
        KERATIN_UNROLL
        for (std::size_t h = 0; h < H; ++h) {
          if (r < h * S || r >= h * S + K) continue;
          KERATIN_UNROLL
          for (std::size_t w = 0; w < W; ++w) {
            if (q < w * S || q >= w * S + K) continue;
            const auto t = static_cast<std::ptrdiff_t>((r - h * S) * K + q - w * S);
            const auto weight = hn::LoadU(d, weights + (t * tap + static_cast<std::ptrdiff_t>(c)));
            sums[h][w] = hn::MulAdd(value, weight, sums[h][w]);
          }
        }
      }
    }
    KERATIN_UNROLL
    for (std::size_t h = 0; h < H; ++h) {
      KERATIN_UNROLL
      for (std::size_t w = 0; w < W; ++w) {
        store_clamped(d, sums[h][w], channels, result + h * result_row + w * result_pixel + c);
      }
    }
  }
}

/// K taps in any number of rows, A columns apart: W pixels of one row, S apart.
template <std::size_t K, std::size_t S, std::size_t A, std::size_t W, bool border, class D, class T>
HWY_INLINE void wide_tile(D d, const DenseColumns& columns, const TilePoint<T>* rows,
                          std::size_t count, std::ptrdiff_t tap, const TileChannels<T>& channels,
                          T* result, std::size_t result_pixel) {
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t next = channels.begin; next < channels.end; next += lanes) {
    const auto c = static_cast<std::ptrdiff_t>(std::min(next, channels.end - lanes));
    hn::Vec<D> sums[W];
    const auto bias = channels.bias ? hn::LoadU(d, channels.bias + c) : hn::Zero(d);
    KERATIN_UNROLL
    for (std::size_t w = 0; w < W; ++w) sums[w] = bias;
    for (const TilePoint<T>* row = rows; row != rows + count; ++row) {
      hn::Vec<D> weights[K];
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) {
        weights[k] = hn::LoadU(d, row->weights + (c + static_cast<std::ptrdiff_t>(k) * tap));
      }
      KERATIN_UNROLL
      for (std::size_t q = 0; q < (W - 1) * S + (K - 1) * A + 1; ++q) {
        if (border && (q < columns.begin || q >= columns.end)) continue;
        const auto value = hn::LoadU(
            d, row->row + (columns.at + c + static_cast<std::ptrdiff_t>(q) * columns.pixel));
        KERATIN_UNROLL
        for (std::size_t w = 0; w < W; ++w) {
          if (q < w * S || q > w * S + (K - 1) * A || (q - w * S) % A != 0) continue;
          sums[w] = hn::MulAdd(value, weights[(q - w * S) / A], sums[w]);
        }
      }
    }
    KERATIN_UNROLL
    for (std::size_t w = 0; w < W; ++w) {
      store_clamped(d, sums[w], channels, result + w * result_pixel + c);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
