#include "batch_norm.hpp"

#include <algorithm>

#include "../base/parallel.hpp"
#include "row_pieces.hpp"
#include "scratch.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/batch_norm.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "channel_sums-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// v at element i of channel c.
template <class D, class T>
HWY_INLINE hn::Vec<D> value(D d, const RectifiedScale<T>& r, const T* x, std::size_t i,
                            std::size_t c) {
  return hn::MulAdd(hn::LoadU(d, x + i), hn::LoadU(d, r.scale + c), hn::LoadU(d, r.shift + c));
}

/// g at element i of channel c.
template <class D, class T>
HWY_INLINE hn::Vec<D> gradient(D d, const RectifiedScale<T>& r, const T* dy, const T* x,
                               std::size_t i, std::size_t c) {
  const auto v = value(d, r, x, i, c), high = hn::Set(d, r.high);
  // An infinite v is below no bound at all.
  const auto inside =
      hn::And(hn::Gt(v, hn::Zero(d)), hn::Or(hn::Lt(v, high), hn::Gt(high, hn::Set(d, T(1e30)))));
  return hn::IfThenElseZero(inside, hn::LoadU(d, dy + i));
}

template <class T>
void forward(std::size_t rows, std::size_t channels, const T* x, const RectifiedScale<T>& r, T* y) {
  if (widens<T>(rows, channels)) {
    const WideRow<T> scale(channels, r.scale), shift(channels, r.shift);
    const std::size_t times = lanes_of<T>(), done = rows / times * times;
    forward(rows / times, channels * times, x, {scale.data(), shift.data(), r.high}, y);
    return forward(rows - done, channels, x + done * channels, r, y + done * channels);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for_each_vector<T>(channels, [&](auto d, std::size_t c) HWY_ATTR {
      const std::size_t i = row * channels + c;
      const auto v = value(d, r, x, i, c), high = hn::Set(d, r.high);
      const auto rectified = hn::IfThenElse(hn::Lt(v, hn::Zero(d)), hn::Zero(d), v);
      hn::StoreU(hn::IfThenElse(hn::Gt(rectified, high), high, rectified), d, y + i);
    });
  }
}

/// Adds g and g (x - mean) of one or more rows.
template <class D, class V = hn::Vec<D>>
struct Terms {
  V g, product;
  HWY_INLINE Terms operator+(const Terms& other) const {
    return {hn::Add(g, other.g), hn::Add(product, other.product)};
  }
};

/// Adds the sums of g to `sum` and those of g (x - mean) to `dot`, in the order of add_rows().
template <class T>
void sums(std::size_t rows, std::size_t channels, const T* dy, const T* x,
          const RectifiedScale<T>& r, const T* mean, T* sum, T* dot) {
  if (widens<T>(rows, channels)) {
    const std::size_t times = lanes_of<T>(), done = rows / times * times;
    const WideRow<T> r_scale(channels, r.scale), r_shift(channels, r.shift);
    const WideRow<T> wide_mean(channels, mean);
    WideSums<T> wide_sum(channels), wide_dot(channels);
    sums(rows / times, channels * times, dy, x, {r_scale.data(), r_shift.data(), r.high},
         wide_mean.data(), wide_sum.data(), wide_dot.data());
    wide_sum.add_to(sum);
    wide_dot.add_to(dot);
    return sums(rows - done, channels, dy + done * channels, x + done * channels, r, mean, sum,
                dot);
  }
  const auto add = [&](auto d, std::size_t c, const auto& terms) HWY_ATTR {
    hn::StoreU(hn::Add(hn::LoadU(d, sum + c), terms.g), d, sum + c);
    hn::StoreU(hn::Add(hn::LoadU(d, dot + c), terms.product), d, dot + c);
  };
  const auto row_terms = [&](auto d, std::size_t row, std::size_t c) HWY_ATTR {
    const std::size_t i = row * channels + c;
    const auto g = gradient(d, r, dy, x, i, c);
    const auto difference = hn::Sub(hn::LoadU(d, x + i), hn::LoadU(d, mean + c));
    return Terms<decltype(d)>{g, hn::Mul(g, difference)};
  };
  std::size_t row = 0;
  for (; row + 8 <= rows; row += 8) {
    for_each_vector<T>(channels, [&](auto d, std::size_t c) HWY_ATTR {
      const auto pair = [&](std::size_t k) HWY_ATTR {
        return row_terms(d, row + k, c) + row_terms(d, row + k + 1, c);
      };
      const auto first = pair(0) + pair(2), second = pair(4) + pair(6);
      add(d, c, first + second);
    });
  }
  for (; row < rows; ++row) {
    for_each_vector<T>(channels,
                       [&](auto d, std::size_t c) HWY_ATTR { add(d, c, row_terms(d, row, c)); });
  }
}

template <class T>
void backward(std::size_t rows, std::size_t channels, const T* dy, const T* x,
              const RectifiedScale<T>& r, const T* a, const T* b, const T* shift, T* dx) {
  if (widens<T>(rows, channels)) {
    const std::size_t times = lanes_of<T>(), done = rows / times * times;
    const WideRow<T> r_scale(channels, r.scale), r_shift(channels, r.shift);
    const WideRow<T> wide_a(channels, a), wide_b(channels, b), wide_shift(channels, shift);
    backward(rows / times, channels * times, dy, x, {r_scale.data(), r_shift.data(), r.high},
             wide_a.data(), wide_b.data(), wide_shift.data(), dx);
    const std::size_t at = done * channels;
    return backward(rows - done, channels, dy + at, x + at, r, a, b, shift, dx + at);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for_each_vector<T>(channels, [&](auto d, std::size_t c) HWY_ATTR {
      const std::size_t i = row * channels + c;
      auto result = hn::Mul(gradient(d, r, dy, x, i, c), hn::LoadU(d, a + c));
      if (b) {
        result = hn::Add(hn::MulAdd(hn::LoadU(d, x + i), hn::LoadU(d, b + c), result),
                         hn::LoadU(d, shift + c));
      }
      hn::StoreU(result, d, dx + i);
    });
  }
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                           \
  void forward_##suffix(std::size_t rows, std::size_t channels, const T* x,                  \
                        const RectifiedScale<T>& r, T* y) {                                  \
    forward(rows, channels, x, r, y);                                                        \
  }                                                                                          \
  void sums_##suffix(std::size_t rows, std::size_t channels, const T* dy, const T* x,        \
                     const RectifiedScale<T>& r, const T* mean, T* sum, T* dot) {            \
    sums(rows, channels, dy, x, r, mean, sum, dot);                                          \
  }                                                                                          \
  void backward_##suffix(std::size_t rows, std::size_t channels, const T* dy, const T* x,    \
                         const RectifiedScale<T>& r, const T* a, const T* b, const T* shift, \
                         T* dx) {                                                            \
    backward(rows, channels, dy, x, r, a, b, shift, dx);                                     \
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

constexpr std::size_t grain = 32768;

}  // namespace

#define KERATIN_BATCH_NORM(T, suffix)                                                             \
  namespace {                                                                                     \
  HWY_EXPORT(forward_##suffix);                                                                   \
  HWY_EXPORT(sums_##suffix);                                                                      \
  HWY_EXPORT(backward_##suffix);                                                                  \
  }                                                                                               \
  template <>                                                                                     \
  void rectified_scale_shift(std::size_t rows, std::size_t channels, const T* x,                  \
                             const RectifiedScale<T>& r, T* y) {                                  \
    if (channels == 0) return;                                                                    \
    parallel_for(rows, grain / channels + 1, [&](std::size_t begin, std::size_t end) {            \
      const std::size_t i = begin * channels;                                                     \
      HWY_DYNAMIC_DISPATCH(forward_##suffix)(end - begin, channels, x + i, r, y + i);             \
    });                                                                                           \
  }                                                                                               \
  template <>                                                                                     \
  void rectified_gradient_sums(std::size_t rows, std::size_t channels, const T* dy, const T* x,   \
                               const RectifiedScale<T>& r, const T* mean, const T* scale, T* sum, \
                               T* dot) {                                                          \
    const RowPieces pieces(rows, channels);                                                       \
    const Scratch<T> sums(pieces.count*channels), dots(pieces.count*channels);                    \
    pieces.for_each([&](std::size_t p) {                                                          \
      const std::size_t part = p * channels, i = p * pieces.length * channels;                    \
      std::fill_n(sums.data() + part, channels, T{0});                                            \
      std::fill_n(dots.data() + part, channels, T{0});                                            \
      HWY_DYNAMIC_DISPATCH(sums_##suffix)                                                         \
      (pieces.rows_of(p), channels, dy + i, x + i, r, mean, sums.data() + part,                   \
       dots.data() + part);                                                                       \
      for (std::size_t c = 0; c < channels; ++c) dots.data()[part + c] *= scale[c];               \
    });                                                                                           \
    pieces.combine(sums.data(), sum);                                                             \
    pieces.combine(dots.data(), dot);                                                             \
  }                                                                                               \
  template <>                                                                                     \
  void rectified_scale_add_shift(std::size_t rows, std::size_t channels, const T* dy, const T* x, \
                                 const RectifiedScale<T>& r, const T* a, const T* b,              \
                                 const T* shift, T* dx) {                                         \
    if (channels == 0) return;                                                                    \
    parallel_for(rows, grain / channels + 1, [&](std::size_t begin, std::size_t end) {            \
      const std::size_t i = begin * channels;                                                     \
      HWY_DYNAMIC_DISPATCH(backward_##suffix)                                                     \
      (end - begin, channels, dy + i, x + i, r, a, b, shift, dx + i);                             \
    });                                                                                           \
  }
KERATIN_BATCH_NORM(float, f32)
KERATIN_BATCH_NORM(double, f64)
#undef KERATIN_BATCH_NORM

}  // namespace keratin::kernels
#endif
