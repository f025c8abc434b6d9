#include <algorithm>

#include "../base/parallel.hpp"
#include "elementwise.hpp"
#include "row_pieces.hpp"
#include "scratch.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/elementwise_sums.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "channel_sums-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
void add_columns(std::size_t rows, std::size_t channels, const T* x, T* sums) {
  if (widens<T>(rows, channels)) {
    const std::size_t times = lanes_of<T>(), whole = rows / times * times;
    WideSums<T> wide(channels);
    add_columns(rows / times, channels * times, x, wide.data());
    wide.add_to(sums);
    return add_columns(rows - whole, channels, x + whole * channels, sums);
  }
  add_rows(rows, channels, sums,
           [&](auto d, std::size_t i, std::size_t) HWY_ATTR { return hn::LoadU(d, x + i); });
}

template <class T>
void add_squares(std::size_t rows, std::size_t channels, const T* x, const T* mean, T* sums) {
  if (widens<T>(rows, channels)) {
    const std::size_t times = lanes_of<T>(), whole = rows / times * times;
    const WideRow<T> wide_mean(channels, mean);
    WideSums<T> wide(channels);
    add_squares(rows / times, channels * times, x, wide_mean.data(), wide.data());
    wide.add_to(sums);
    return add_squares(rows - whole, channels, x + whole * channels, mean, sums);
  }
  add_rows(rows, channels, sums, [&](auto d, std::size_t i, std::size_t c) HWY_ATTR {
    const auto difference = hn::Sub(hn::LoadU(d, x + i), hn::LoadU(d, mean + c));
    return hn::Mul(difference, difference);
  });
}

template <class T>
void add_products(std::size_t rows, std::size_t channels, const T* dy, const T* x, const T* mean,
                  const T* scale, T* sums) {
  if (widens<T>(rows, channels)) {
    const std::size_t times = lanes_of<T>(), whole = rows / times * times;
    const WideRow<T> wide_mean(channels, mean), wide_scale(channels, scale);
    WideSums<T> wide(channels);
    add_products(rows / times, channels * times, dy, x, wide_mean.data(), wide_scale.data(),
                 wide.data());
    wide.add_to(sums);
    return add_products(rows - whole, channels, dy + whole * channels, x + whole * channels, mean,
                        scale, sums);
  }
  add_rows(rows, channels, sums, [&](auto d, std::size_t i, std::size_t c) HWY_ATTR {
    const auto difference = hn::Sub(hn::LoadU(d, x + i), hn::LoadU(d, mean + c));
    return hn::Mul(hn::LoadU(d, dy + i), hn::Mul(difference, hn::LoadU(d, scale + c)));
  });
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                         \
  void columns_##suffix(std::size_t rows, std::size_t channels, const T* x, T* sums) {     \
    add_columns(rows, channels, x, sums);                                                  \
  }                                                                                        \
  void squares_##suffix(std::size_t rows, std::size_t channels, const T* x, const T* mean, \
                        T* sums) {                                                         \
    add_squares(rows, channels, x, mean, sums);                                            \
  }                                                                                        \
  void products_##suffix(std::size_t rows, std::size_t channels, const T* dy, const T* x,  \
                         const T* mean, const T* scale, T* sums) {                         \
    add_products(rows, channels, dy, x, mean, scale, sums);                                \
  }
KERATIN_KERNELS(float, f32)
KERATIN_KERNELS(double, f64)
#undef KERATIN_KERNELS

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {
namespace {

#define KERATIN_DISPATCH(T, suffix)                                                              \
  HWY_EXPORT(columns_##suffix);                                                                  \
  HWY_EXPORT(squares_##suffix);                                                                  \
  HWY_EXPORT(products_##suffix);                                                                 \
  void add_columns(std::size_t rows, std::size_t channels, const T* x, T* sums) {                \
    HWY_DYNAMIC_DISPATCH(columns_##suffix)(rows, channels, x, sums);                             \
  }                                                                                              \
  void add_squares(std::size_t rows, std::size_t channels, const T* x, const T* mean, T* sums) { \
    HWY_DYNAMIC_DISPATCH(squares_##suffix)(rows, channels, x, mean, sums);                       \
  }                                                                                              \
  void add_products(std::size_t rows, std::size_t channels, const T* dy, const T* x,             \
                    const T* mean, const T* scale, T* sums) {                                    \
    HWY_DYNAMIC_DISPATCH(products_##suffix)(rows, channels, dy, x, mean, scale, sums);           \
  }
KERATIN_DISPATCH(float, f32)
KERATIN_DISPATCH(double, f64)
#undef KERATIN_DISPATCH

template <class T>
void sums_of(std::size_t rows, std::size_t channels, const T* x, T* sums) {
  const RowPieces pieces(rows, channels);
  const Scratch<T> parts(pieces.count * channels);
  pieces.for_each([&](std::size_t i) {
    T* part = parts.data() + i * channels;
    std::fill_n(part, channels, T{0});
    add_columns(pieces.rows_of(i), channels, x + i * pieces.length * channels, part);
  });
  pieces.combine(parts.data(), sums);
}

/// Each piece's mean and squares about it, then all of them as Chan, Golub and LeVeque (1979) do:
/// the rows are read from memory once.
template <class T>
void moments_of(std::size_t rows, std::size_t channels, const T* x, T* mean, T* variance) {
  const RowPieces pieces(rows, channels);
  const Scratch<T> means(pieces.count * channels), squares(pieces.count * channels);
  pieces.for_each([&](std::size_t i) {
    const std::size_t count = pieces.rows_of(i), offset = i * channels;
    const T* from = x + i * pieces.length * channels;
    std::fill_n(means.data() + offset, channels, T{0});
    std::fill_n(squares.data() + offset, channels, T{0});
    add_columns(count, channels, from, means.data() + offset);
    for (std::size_t c = offset; c < offset + channels; ++c) {
      means.data()[c] /= static_cast<T>(count);
    }
    add_squares(count, channels, from, means.data() + offset, squares.data() + offset);
  });
  parallel_for(channels, 4096 / (pieces.count + 1) + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      double centre = 0, sum = 0, seen = 0;
      for (std::size_t i = 0; i < pieces.count; ++i) {
        const auto count = static_cast<double>(pieces.rows_of(i));
        const double difference = double{means.data()[i * channels + c]} - centre;
        centre += difference * count / (seen + count);
        sum += double{squares.data()[i * channels + c]} +
               difference * difference * seen * count / (seen + count);
        seen += count;
      }
      mean[c] = static_cast<T>(centre);
      variance[c] = static_cast<T>(sum / std::max(seen, 1.0));
    }
  });
}

template <class T>
void gradient_sums_of(std::size_t rows, std::size_t channels, const T* dy, const T* x,
                      const T* mean, const T* scale, T* sum, T* dot) {
  const RowPieces pieces(rows, channels);
  const Scratch<T> sums(pieces.count * channels), dots(pieces.count * channels);
  pieces.for_each([&](std::size_t i) {
    const std::size_t count = pieces.rows_of(i), begin = i * pieces.length * channels;
    T* const sum_part = sums.data() + i * channels;
    T* const dot_part = dots.data() + i * channels;
    std::fill_n(sum_part, channels, T{0});
    std::fill_n(dot_part, channels, T{0});
    add_columns(count, channels, dy + begin, sum_part);
    add_products(count, channels, dy + begin, x + begin, mean, scale, dot_part);
  });
  pieces.combine(sums.data(), sum);
  pieces.combine(dots.data(), dot);
}

}  // namespace

#define KERATIN_SUMS(T)                                                                    \
  template <>                                                                              \
  void column_sums(std::size_t rows, std::size_t channels, const T* x, T* sums) {          \
    sums_of(rows, channels, x, sums);                                                      \
  }                                                                                        \
  template <>                                                                              \
  void moments(std::size_t rows, std::size_t channels, const T* x, T* mean, T* variance) { \
    moments_of(rows, channels, x, mean, variance);                                         \
  }                                                                                        \
  template <>                                                                              \
  void gradient_sums(std::size_t rows, std::size_t channels, const T* dy, const T* x,      \
                     const T* mean, const T* scale, T* sum, T* dot) {                      \
    gradient_sums_of(rows, channels, dy, x, mean, scale, sum, dot);                        \
  }
KERATIN_SUMS(float)
KERATIN_SUMS(double)
#undef KERATIN_SUMS

}  // namespace keratin::kernels
#endif
