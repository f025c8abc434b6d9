#include "elementwise.hpp"

#include <algorithm>
#include <cmath>

#include "../base/parallel.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/elementwise.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "channel_lanes-inl.hpp"
#include "squash-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// y = x a + z b + shift for each row. `a`, `z` (and with it `b`) and `shift` may be null.
template <class T>
void affine(std::size_t rows, std::size_t channels, const T* x, const T* a, const T* z, const T* b,
            const T* shift, T* y) {
  if (widens<T>(rows, channels)) {
    const WideRow<T> wa(channels, a), wb(channels, b), ws(channels, shift);
    const std::size_t times = lanes_of<T>(), whole = rows / times * times;
    affine(rows / times, channels * times, x, wa.data(), z, wb.data(), ws.data(), y);
    const std::size_t done = whole * channels;
    return affine(rows - whole, channels, x + done, a, z ? z + done : z, b, shift, y + done);
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for_each_vector<T>(channels, [&](auto d, std::size_t c) HWY_ATTR {
      auto value = hn::LoadU(d, x + c);
      if (a) {
        const auto scale = hn::LoadU(d, a + c);
        value = shift ? hn::MulAdd(value, scale, hn::LoadU(d, shift + c)) : hn::Mul(value, scale);
      } else if (shift) {
        value = hn::Add(value, hn::LoadU(d, shift + c));
      }
      if (z) value = hn::MulAdd(hn::LoadU(d, z + c), hn::LoadU(d, b + c), value);
      hn::StoreU(value, d, y + c);
    });
    x += channels;
    y += channels;
    if (z) z += channels;
  }
}

template <class T>
void add_multiple(std::size_t count, T alpha, const T* x, T* y) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    hn::StoreU(hn::MulAdd(hn::Set(d, alpha), hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  });
}

template <class T>
void exp_all(std::size_t count, const T* x, T* y) {
  // Highway's Exp holds up to here; a little further e^x still is finite.
  constexpr T highest = sizeof(T) == 4 ? T{88} : T{700};
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, x + i);
    if (hn::AllTrue(d, hn::Le(value, hn::Set(d, highest)))) {
      hn::StoreU(hn::CallExp(d, value), d, y + i);
    } else {
      for (std::size_t j = i; j < i + hn::Lanes(d); ++j) y[j] = std::exp(x[j]);
    }
  });
}

template <class T>
void tanh_all(std::size_t count, const T* x, T* y) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    hn::StoreU(tanh_of(d, hn::LoadU(d, x + i)), d, y + i);
  });
}

template <class T>
void sigmoid_all(std::size_t count, const T* x, T* y) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    hn::StoreU(sigmoid_of(d, hn::LoadU(d, x + i)), d, y + i);
  });
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                                 \
  void affine_##suffix(std::size_t rows, std::size_t channels, const T* x, const T* a, const T* z, \
                       const T* b, const T* shift, T* y) {                                         \
    affine(rows, channels, x, a, z, b, shift, y);                                                  \
  }                                                                                                \
  void axpy_##suffix(std::size_t count, T alpha, const T* x, T* y) {                               \
    add_multiple(count, alpha, x, y);                                                              \
  }                                                                                                \
  void exp_##suffix(std::size_t count, const T* x, T* y) { exp_all(count, x, y); }                 \
  void tanh_##suffix(std::size_t count, const T* x, T* y) { tanh_all(count, x, y); }               \
  void sigmoid_##suffix(std::size_t count, const T* x, T* y) { sigmoid_all(count, x, y); }
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

/// Calls `kernel(rows, offset)` on pieces of the rows, `offset` being the first one's element.
template <class Kernel>
void for_each_piece(std::size_t rows, std::size_t channels, const Kernel& kernel) {
  if (channels == 0) return;
  parallel_for(rows, grain / channels + 1,
               [&](std::size_t begin, std::size_t end) { kernel(end - begin, begin * channels); });
}

}  // namespace

#define KERATIN_ELEMENTWISE(T, suffix)                                                             \
  namespace {                                                                                      \
  HWY_EXPORT(affine_##suffix);                                                                     \
  HWY_EXPORT(axpy_##suffix);                                                                       \
  HWY_EXPORT(exp_##suffix);                                                                        \
  HWY_EXPORT(tanh_##suffix);                                                                       \
  HWY_EXPORT(sigmoid_##suffix);                                                                    \
  }                                                                                                \
  template <>                                                                                      \
  void add_bias(std::size_t rows, std::size_t channels, const T* bias, T* x) {                     \
    const T* none = nullptr;                                                                       \
    for_each_piece(rows, channels, [&](std::size_t count, std::size_t i) {                         \
      HWY_DYNAMIC_DISPATCH(affine_##suffix)                                                        \
      (count, channels, x + i, none, none, none, bias, x + i);                                     \
    });                                                                                            \
  }                                                                                                \
  template <>                                                                                      \
  void scale_shift(std::size_t rows, std::size_t channels, const T* x, const T* scale,             \
                   const T* shift, T* y) {                                                         \
    const T* none = nullptr;                                                                       \
    for_each_piece(rows, channels, [&](std::size_t count, std::size_t i) {                         \
      HWY_DYNAMIC_DISPATCH(affine_##suffix)                                                        \
      (count, channels, x + i, scale, none, none, shift, y + i);                                   \
    });                                                                                            \
  }                                                                                                \
  template <>                                                                                      \
  void scale_add_shift(std::size_t rows, std::size_t channels, const T* x, const T* a, const T* z, \
                       const T* b, const T* shift, T* y) {                                         \
    for_each_piece(rows, channels, [&](std::size_t count, std::size_t i) {                         \
      HWY_DYNAMIC_DISPATCH(affine_##suffix)                                                        \
      (count, channels, x + i, a, z + i, b, shift, y + i);                                         \
    });                                                                                            \
  }                                                                                                \
  template <>                                                                                      \
  void axpy(std::size_t count, T alpha, const T* x, T* y) {                                        \
    for_each_piece(count, 1, [&](std::size_t n, std::size_t i) {                                   \
      HWY_DYNAMIC_DISPATCH(axpy_##suffix)(n, alpha, x + i, y + i);                                 \
    });                                                                                            \
  }                                                                                                \
  template <>                                                                                      \
  void exp(std::size_t count, const T* x, T* y) {                                                  \
    for_each_piece(count, 1, [&](std::size_t n, std::size_t i) {                                   \
      HWY_DYNAMIC_DISPATCH(exp_##suffix)(n, x + i, y + i);                                         \
    });                                                                                            \
  }                                                                                                \
  template <>                                                                                      \
  void tanh(std::size_t count, const T* x, T* y) {                                                 \
    for_each_piece(count, 1, [&](std::size_t n, std::size_t i) {                                   \
      HWY_DYNAMIC_DISPATCH(tanh_##suffix)(n, x + i, y + i);                                        \
    });                                                                                            \
  }                                                                                                \
  template <>                                                                                      \
  void sigmoid(std::size_t count, const T* x, T* y) {                                              \
    for_each_piece(count, 1, [&](std::size_t n, std::size_t i) {                                   \
      HWY_DYNAMIC_DISPATCH(sigmoid_##suffix)(n, x + i, y + i);                                     \
    });                                                                                            \
  }
KERATIN_ELEMENTWISE(float, f32)
KERATIN_ELEMENTWISE(double, f64)
#undef KERATIN_ELEMENTWISE

}  // namespace keratin::kernels
#endif
