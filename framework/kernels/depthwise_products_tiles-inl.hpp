// Sums of products over the pixels of a row, for several taps at a time, with the channels as
// lanes. Included once per instruction set.
#if defined(KERATIN_DEPTHWISE_PRODUCTS_TILES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_PRODUCTS_TILES_INL
#undef KERATIN_DEPTHWISE_PRODUCTS_TILES_INL
#else
#define KERATIN_DEPTHWISE_PRODUCTS_TILES_INL
#endif

#include "simd.hpp"
// After simd.hpp.
#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The channels to compute and their sums: for each vector of channels a vector per tap.
template <class T>
struct TapSums {
  std::size_t begin, end;  ///< channels; the last vector may overlap the one before
  T* sums;                 ///< of the first tap
  std::size_t vector;      ///< elements from one vector of channels to the next
  std::size_t row;         ///< elements from one row of taps to the next
  T* bias;                 ///< where the gradient itself is summed, or null
};

/// `count` pixels and K taps of a row, `tap` apart.
template <std::size_t K, class D, class T>
HWY_NOINLINE void sparse_products(D d, const T* x, std::size_t tap, std::size_t x_step,
                                  const T* gradient, std::size_t g_step, std::size_t count,
                                  const TapSums<T>& to) {
  const std::size_t lanes = hn::Lanes(d);
  T* out = to.sums;
  for (std::size_t next = to.begin; next < to.end; next += lanes, out += to.vector) {
    const std::size_t c = std::min(next, to.end - lanes);
    hn::Vec<D> sums[K];
    KERATIN_UNROLL
    for (std::size_t k = 0; k < K; ++k) sums[k] = hn::LoadU(d, out + k * lanes);
    const T* from = x + c;
    const T* g = gradient + c;
    for (std::size_t i = 0; i < count; ++i, from += x_step, g += g_step) {
      const auto value = hn::LoadU(d, g);
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) {
        sums[k] = hn::MulAdd(hn::LoadU(d, from + k * tap), value, sums[k]);
      }
    }
    KERATIN_UNROLL
    for (std::size_t k = 0; k < K; ++k) hn::StoreU(sums[k], d, out + k * lanes);
  }
}

template <class D, class T>
HWY_NOINLINE void sum_pixels(D d, const T* gradient, std::size_t step, std::size_t count,
                             const TapSums<T>& to) {
  const std::size_t lanes = hn::Lanes(d);
  T* out = to.bias;
  for (std::size_t next = to.begin; next < to.end; next += lanes, out += to.vector) {
    const T* g = gradient + std::min(next, to.end - lanes);
    auto sum = hn::LoadU(d, out);
    for (std::size_t i = 0; i < count; ++i) sum = hn::Add(sum, hn::LoadU(d, g + i * step));
    hn::StoreU(sum, d, out);
  }
}

/// A run of tiles of a row, for R rows of K taps next to each other.
template <class T, std::size_t R>
struct DenseRun {
  const T* row[R];
  std::ptrdiff_t at;       ///< of the first column, which may not exist in a border
  std::size_t begin, end;  ///< the columns that exist, in a border
  const T* gradient;
  std::size_t count;  ///< pixels: a multiple of W; up to W in a border
  std::ptrdiff_t pixel;
};

/// W pixels at a time, S apart. Every input pixel is loaded once per tile.
template <std::size_t R, std::size_t K, std::size_t S, std::size_t W, bool border, class D, class T>
HWY_NOINLINE void dense_products(D d, const DenseRun<T, R>& run, const TapSums<T>& to) {
  const std::size_t lanes = hn::Lanes(d);
  T* out = to.sums;
  T* out_bias = to.bias;
  for (std::size_t next = to.begin; next < to.end; next += lanes) {
    const auto c = static_cast<std::ptrdiff_t>(std::min(next, to.end - lanes));
    hn::Vec<D> sums[R][K];
    KERATIN_UNROLL
    for (std::size_t r = 0; r < R; ++r) {
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) sums[r][k] = hn::LoadU(d, out + r * to.row + k * lanes);
    }
    auto bias = out_bias ? hn::LoadU(d, out_bias) : hn::Zero(d);
    std::ptrdiff_t x = run.at + c;
    const T* gradient = run.gradient + c;
    for (std::size_t i = 0; i < run.count; i += W) {
      hn::Vec<D> g[W];
      KERATIN_UNROLL
      for (std::size_t w = 0; w < W; ++w) {
        const auto at = static_cast<std::ptrdiff_t>(w) * run.pixel;
        g[w] = border && w >= run.count ? hn::Zero(d) : hn::LoadU(d, gradient + at);
        bias = hn::Add(bias, g[w]);
      }
      KERATIN_UNROLL
      for (std::size_t q = 0; q < (W - 1) * S + K; ++q) {
        if (border && (q < run.begin || q >= run.end)) continue;
        KERATIN_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
          const auto value =
              hn::LoadU(d, run.row[r] + (x + static_cast<std::ptrdiff_t>(q) * run.pixel));
          KERATIN_UNROLL
          for (std::size_t w = 0; w < W; ++w) {
            if (q < w * S || q >= w * S + K) continue;
            sums[r][q - w * S] = hn::MulAdd(value, g[w], sums[r][q - w * S]);
          }
        }
      }
      x += static_cast<std::ptrdiff_t>(W * S) * run.pixel;
      gradient += static_cast<std::ptrdiff_t>(W) * run.pixel;
    }
    KERATIN_UNROLL
    for (std::size_t r = 0; r < R; ++r) {
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) hn::StoreU(sums[r][k], d, out + r * to.row + k * lanes);
    }
    out += to.vector;
    if (out_bias) {
      hn::StoreU(bias, d, out_bias);
      out_bias += to.vector;
    }
  }
}

/// A run of tiles of H rows of the gradient, for a kernel of K x K taps next to each other.
template <class T, std::size_t rows, std::size_t H>
struct SquareRun {
  const T* row[rows];  ///< of the input; null where there is none
  const T* gradient[H];
  std::ptrdiff_t at;       ///< of the first column, which may not exist in a border
  std::size_t begin, end;  ///< the columns that exist, in a border
  std::size_t count;       ///< pixels: a multiple of W; up to W in a border
  std::ptrdiff_t pixel;
};

/// H rows of W pixels at a time, S apart. Every pixel of input and gradient is loaded once per
/// tile.
template <std::size_t K, std::size_t S, std::size_t H, std::size_t W, bool border, class D, class T>
HWY_NOINLINE void square_products(D d, const SquareRun<T, (H - 1) * S + K, H>& run,
                                  const TapSums<T>& to) {
  constexpr std::size_t rows = (H - 1) * S + K;
  const std::size_t lanes = hn::Lanes(d), count = run.count, last = to.end, vector = to.vector;
  const std::size_t first_column = run.begin, last_column = run.end;
  const std::ptrdiff_t pixel = run.pixel;
  const T* row[rows];
  KERATIN_UNROLL
  for (std::size_t r = 0; r < rows; ++r) row[r] = run.row[r];
  T* out = to.sums;
  for (std::size_t next = to.begin; next < last; next += lanes, out += vector) {
    const auto c = static_cast<std::ptrdiff_t>(std::min(next, last - lanes));
    hn::Vec<D> sums[K][K];
    KERATIN_UNROLL
    for (std::size_t r = 0; r < K; ++r) {
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) sums[r][k] = hn::LoadU(d, out + (r * K + k) * lanes);
    }
    auto bias = hn::LoadU(d, out + K * K * lanes);
    std::ptrdiff_t x = run.at + c, g_at = c;
    for (std::size_t i = 0; i < count; i += W) {
      hn::Vec<D> g[H][W];
      KERATIN_UNROLL
      for (std::size_t h = 0; h < H; ++h) {
        const T* from = run.gradient[h] + g_at;
        KERATIN_UNROLL
        for (std::size_t w = 0; w < W; ++w, from += pixel) {
          g[h][w] = border && w >= count ? hn::Zero(d) : hn::LoadU(d, from);
          bias = hn::Add(bias, g[h][w]);
        }
      }
      KERATIN_UNROLL
      for (std::size_t r = 0; r < rows; ++r) {
        if (!row[r]) continue;
        const T* from = row[r] + x;
        KERATIN_UNROLL
        for (std::size_t q = 0; q < (W - 1) * S + K; ++q, from += pixel) {
          if (border && (q < first_column || q >= last_column)) continue;
          const auto value = hn::LoadU(d, from);
          KERATIN_UNROLL
          for (std::size_t h = 0; h < H; ++h) {
            if (r < h * S || r >= h * S + K) continue;
            KERATIN_UNROLL
            for (std::size_t w = 0; w < W; ++w) {
              if (q < w * S || q >= w * S + K) continue;
              auto& sum = sums[r - h * S][q - w * S];
              sum = hn::MulAdd(value, g[h][w], sum);
            }
          }
        }
      }
      x += static_cast<std::ptrdiff_t>(W * S) * pixel;
      g_at += static_cast<std::ptrdiff_t>(W) * pixel;
    }
    KERATIN_UNROLL
    for (std::size_t r = 0; r < K; ++r) {
      KERATIN_UNROLL
      for (std::size_t k = 0; k < K; ++k) hn::StoreU(sums[r][k], d, out + (r * K + k) * lanes);
    }
    hn::StoreU(bias, d, out + K * K * lanes);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
