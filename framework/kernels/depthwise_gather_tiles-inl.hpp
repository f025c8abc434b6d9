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
#include <limits>

#include "depthwise_conv2d.hpp"
#include "simd.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Where a tap reads: row[offset + pixel * step + channel], and its weights for the first vector of
/// channels (see TapVectors).
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
  bool stream = false;     ///< store past the caches; results are aligned
  std::size_t vector = 0;  ///< elements from a vector's weights to those of the next
};

/// Clamps and stores the sums of a tile. Made once for all vectors of channels: what it asks of a
/// tile's options it asks once for a whole tile.
template <class D, class T = hn::TFromD<D>>
class TileStore {
 public:
  TileStore(D d, const TileChannels<T>& channels)
      : lower_(hn::Set(d, channels.lower)),
        upper_(hn::Set(d, channels.upper)),
        clamps_(channels.lower > -std::numeric_limits<T>::infinity() ||
                channels.upper < std::numeric_limits<T>::infinity()),
        stream_(channels.stream) {}

  /// `rows` x `pixels` vectors to `to`.
  template <std::size_t rows, std::size_t pixels>
  HWY_INLINE void operator()(D d, hn::Vec<D> (&sums)[rows][pixels], T* to, std::size_t row,
                             std::size_t pixel) const {
    if (clamps_) {
      KERATIN_UNROLL
      for (std::size_t h = 0; h < rows; ++h) {
        KERATIN_UNROLL
        for (std::size_t w = 0; w < pixels; ++w) sums[h][w] = clamped(sums[h][w]);
      }
    }
    if (stream_) {
      KERATIN_UNROLL
      for (std::size_t h = 0; h < rows; ++h) {
        KERATIN_UNROLL
        for (std::size_t w = 0; w < pixels; ++w)
          hn::Stream(sums[h][w], d, to + h * row + w * pixel);
      }
      return;
    }
    KERATIN_UNROLL
    for (std::size_t h = 0; h < rows; ++h) {
      KERATIN_UNROLL
      for (std::size_t w = 0; w < pixels; ++w) hn::StoreU(sums[h][w], d, to + h * row + w * pixel);
    }
  }

 private:
  HWY_INLINE hn::Vec<D> clamped(hn::Vec<D> sum) const {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
    sum = hn::IfThenElse(hn::Lt(sum, lower_), lower_, sum);
    return hn::IfThenElse(hn::Lt(upper_, sum), upper_, sum);
#else
    // In this order a NaN passes on.
    return hn::Min(upper_, hn::Max(lower_, sum));
#endif
  }

  hn::Vec<D> lower_, upper_;
  bool clamps_, stream_;
};

/// P pixels times V vectors from channel c on, whose weights are `weights` from the first vector's.
template <std::size_t P, std::size_t V, class D, class T>
HWY_INLINE void gather_vectors(D d, const TilePoint<T>* points, std::size_t count,
                               std::ptrdiff_t at, std::size_t step, std::size_t c,
                               std::size_t weights, const TileChannels<T>& channels,
                               const TileStore<D>& store, T* result, std::size_t result_step) {
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
    const T* w = point->weights + weights;
    KERATIN_UNROLL
    for (std::size_t v = 0; v < V; ++v) {
      const auto weight = hn::LoadU(d, w + v * channels.vector);
      KERATIN_UNROLL
      for (std::size_t p = 0; p < P; ++p) {
        sums[p][v] = hn::MulAdd(hn::LoadU(d, x + p * step + v * lanes), weight, sums[p][v]);
      }
    }
  }
  store(d, sums, result + c, result_step, lanes);
}

/// P pixels, `step` apart in the source, by any list of taps.
template <std::size_t P, class D, class T>
HWY_NOINLINE void gather_tile(D d, const TilePoint<T>* points, std::size_t count, std::ptrdiff_t at,
                              std::size_t step, const TileChannels<T>& channels, T* result,
                              std::size_t result_step) {
  constexpr std::size_t V = P == 1 ? 8 : P == 2 ? 4 : P <= 4 ? 2 : 1;  // sums hide the latency
  const std::size_t lanes = hn::Lanes(d);
  const TileStore<D> store(d, channels);
  std::size_t next = channels.begin;
  if constexpr (V > 1) {
    for (; next + V * lanes <= channels.end; next += V * lanes) {
      gather_vectors<P, V>(d, points, count, at, step, next, next / lanes * channels.vector,
                           channels, store, result, result_step);
    }
  }
  for (; next < channels.end; next += lanes) {
    const std::size_t c = std::min(next, channels.end - lanes);  // may overlap the one before
    gather_vectors<P, 1>(d, points, count, at, step, c, next / lanes * channels.vector, channels,
                         store, result, result_step);
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

/// K x K taps, A rows and columns apart: H rows of W pixels, the rows A apart and the pixels'
/// sources S; one of A and S is 1. Source rows are A apart, too. Every source pixel is loaded once.
template <std::size_t K, std::size_t S, std::size_t A, std::size_t H, std::size_t W, bool border,
          class D, class T>
HWY_INLINE void dense_tile(D d, const DenseSource<T, (H - 1) * S + K>& source, const T* weights,
                           const TileChannels<T>& channels, T* result, std::size_t result_row,
                           std::size_t result_pixel) {
  constexpr std::size_t rows = (H - 1) * S + K, columns = (W - 1) * S + (K - 1) * A + 1;
  const std::size_t lanes = hn::Lanes(d), end = channels.end, vector = channels.vector;
  const std::size_t first_column = source.begin, last_column = source.end;
  const std::ptrdiff_t pixel = source.pixel;
  const T* const bias = channels.bias;
  const TileStore<D> store(d, channels);
  const T* from[rows];
  KERATIN_UNROLL
  for (std::size_t r = 0; r < rows; ++r) from[r] = source.row[r];
  weights += channels.begin / lanes * vector;
  for (std::size_t next = channels.begin; next < end; next += lanes, weights += vector) {
    const std::size_t c = std::min(next, end - lanes);
    const auto initial = bias ? hn::LoadU(d, bias + c) : hn::Zero(d);
    hn::Vec<D> sums[H][W];
    KERATIN_UNROLL
    for (std::size_t h = 0; h < H; ++h) {
      KERATIN_UNROLL
      for (std::size_t w = 0; w < W; ++w) sums[h][w] = initial;
    }
    const std::ptrdiff_t at = source.at + static_cast<std::ptrdiff_t>(c);
    KERATIN_UNROLL
    for (std::size_t r = 0; r < rows; ++r) {
      if (border && !from[r]) continue;
      const T* x = from[r] + at;
      KERATIN_UNROLL
      for (std::size_t q = 0; q < columns; ++q, x += pixel) {
        if (border && (q < first_column || q >= last_column)) continue;
        const auto value = hn::LoadU(d, x);
        KERATIN_UNROLL
        for (std::size_t h = 0; h < H; ++h) {
          if (r < h * S || r >= h * S + K) continue;
          KERATIN_UNROLL
          for (std::size_t w = 0; w < W; ++w) {
            if (q < w * S || q > w * S + (K - 1) * A || (q - w * S) % A != 0) continue;
            const std::size_t tap = (r - h * S) * K + (q - w * S) / A;
            sums[h][w] = hn::MulAdd(value, hn::LoadU(d, weights + tap * lanes), sums[h][w]);
          }
        }
      }
    }
    store(d, sums, result + c, result_row, result_pixel);
  }
}

/// K taps in any number of rows, A columns apart: W pixels of one row, S apart.
template <std::size_t K, std::size_t S, std::size_t A, std::size_t W, bool border, class D, class T>
HWY_INLINE void wide_tile(D d, const DenseColumns& columns, const TilePoint<T>* rows,
                          std::size_t count, const TileChannels<T>& channels, T* result,
                          std::size_t result_pixel) {
  const std::size_t lanes = hn::Lanes(d);
  const TileStore<D> store(d, channels);
  std::size_t vector = channels.begin / lanes * channels.vector;
  for (std::size_t next = channels.begin; next < channels.end;
       next += lanes, vector += channels.vector) {
    const auto c = static_cast<std::ptrdiff_t>(std::min(next, channels.end - lanes));
    hn::Vec<D> sums[1][W];
    const auto bias = channels.bias ? hn::LoadU(d, channels.bias + c) : hn::Zero(d);
    KERATIN_UNROLL
    for (std::size_t w = 0; w < W; ++w) sums[0][w] = bias;
    for (const TilePoint<T>* row = rows; row != rows + count; ++row) {
      hn::Vec<D> weights[K];
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) {
        weights[k] = hn::LoadU(d, row->weights + vector + k * lanes);
      }
      KERATIN_UNROLL
      for (std::size_t q = 0; q < (W - 1) * S + (K - 1) * A + 1; ++q) {
        if (border && (q < columns.begin || q >= columns.end)) continue;
        const auto value = hn::LoadU(
            d, row->row + (columns.at + c + static_cast<std::ptrdiff_t>(q) * columns.pixel));
        KERATIN_UNROLL
        for (std::size_t w = 0; w < W; ++w) {
          if (q < w * S || q > w * S + (K - 1) * A || (q - w * S) % A != 0) continue;
          sums[0][w] = hn::MulAdd(value, weights[(q - w * S) / A], sums[0][w]);
        }
      }
    }
    store(d, sums, result + c, 0, result_pixel);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
