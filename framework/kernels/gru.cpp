#include "gru.hpp"

#include "../base/parallel.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/gru.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "channel_lanes-inl.hpp"
#include "squash-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
void step(std::size_t rows, std::size_t units, T* x, const T* inner, const T* h_before, T* h) {
  for (std::size_t row = 0; row < rows; ++row) {
    for_each_vector<T>(units, [&](auto d, std::size_t k) HWY_ATTR {
      const auto at = [&](const T* gates, std::size_t gate)
                          HWY_ATTR { return hn::LoadU(d, gates + gate * units + k); };
      const auto z = sigmoid_of(d, hn::Add(at(x, 0), at(inner, 0)));
      const auto r = sigmoid_of(d, hn::Add(at(x, 1), at(inner, 1)));
      const auto g = tanh_of(d, hn::MulAdd(r, at(inner, 2), at(x, 2)));
      hn::StoreU(z, d, x + k);
      hn::StoreU(r, d, x + units + k);
      hn::StoreU(g, d, x + 2 * units + k);
      hn::StoreU(hn::MulAdd(z, hn::Sub(hn::LoadU(d, h_before + k), g), g), d, h + k);
    });
    x += 3 * units;
    inner += 3 * units;
    h_before += units;
    h += units;
  }
}

template <class T>
void step_gradient(std::size_t rows, std::size_t units, T* gates, T* inner, const T* h_before,
                   T* dh) {
  for (std::size_t row = 0; row < rows; ++row) {
    for_each_vector<T>(units, [&](auto d, std::size_t k) HWY_ATTR {
      const auto one = hn::Set(d, T{1});
      const auto z = hn::LoadU(d, gates + k), r = hn::LoadU(d, gates + units + k);
      const auto g = hn::LoadU(d, gates + 2 * units + k), to_h = hn::LoadU(d, dh + k);
      // The slope of a sigmoid s is s (1 - s), that of a tanh t is 1 - t t.
      const auto to_z = hn::Mul(hn::Mul(to_h, hn::Sub(hn::LoadU(d, h_before + k), g)),
                                hn::Mul(z, hn::Sub(one, z)));
      const auto to_g = hn::Mul(hn::Mul(to_h, hn::Sub(one, z)), hn::NegMulAdd(g, g, one));
      const auto to_r =
          hn::Mul(hn::Mul(to_g, hn::LoadU(d, inner + 2 * units + k)), hn::Mul(r, hn::Sub(one, r)));
      hn::StoreU(to_z, d, gates + k);
      hn::StoreU(to_r, d, gates + units + k);
      hn::StoreU(to_g, d, gates + 2 * units + k);
      hn::StoreU(to_z, d, inner + k);
      hn::StoreU(to_r, d, inner + units + k);
      hn::StoreU(hn::Mul(to_g, r), d, inner + 2 * units + k);
      hn::StoreU(hn::Mul(to_h, z), d, dh + k);
    });
    gates += 3 * units;
    inner += 3 * units;
    h_before += units;
    dh += units;
  }
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                                 \
  void step_##suffix(std::size_t rows, std::size_t units, T* x, const T* inner, const T* h_before, \
                     T* h) {                                                                       \
    step(rows, units, x, inner, h_before, h);                                                      \
  }                                                                                                \
  void step_gradient_##suffix(std::size_t rows, std::size_t units, T* gates, T* inner,             \
                              const T* h_before, T* dh) {                                          \
    step_gradient(rows, units, gates, inner, h_before, dh);                                        \
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

/// Units that one thread computes at least.
constexpr std::size_t grain = 2048;

/// Calls `kernel(rows, offset)` on pieces of the rows, `offset` being the first one's unit.
template <class Kernel>
void for_each_piece(std::size_t rows, std::size_t units, const Kernel& kernel) {
  if (units == 0) return;
  parallel_for(rows, grain / units + 1,
               [&](std::size_t begin, std::size_t end) { kernel(end - begin, begin * units); });
}

}  // namespace

#define KERATIN_GRU(T, suffix)                                                                \
  namespace {                                                                                 \
  HWY_EXPORT(step_##suffix);                                                                  \
  HWY_EXPORT(step_gradient_##suffix);                                                         \
  }                                                                                           \
  template <>                                                                                 \
  void gru_step(std::size_t rows, std::size_t units, T* x, const T* inner, const T* h_before, \
                T* h) {                                                                       \
    for_each_piece(rows, units, [&](std::size_t count, std::size_t i) {                       \
      HWY_DYNAMIC_DISPATCH(step_##suffix)                                                     \
      (count, units, x + 3 * i, inner + 3 * i, h_before + i, h + i);                          \
    });                                                                                       \
  }                                                                                           \
  template <>                                                                                 \
  void gru_step_gradient(std::size_t rows, std::size_t units, T* gates, T* inner,             \
                         const T* h_before, T* dh) {                                          \
    for_each_piece(rows, units, [&](std::size_t count, std::size_t i) {                       \
      HWY_DYNAMIC_DISPATCH(step_gradient_##suffix)                                            \
      (count, units, gates + 3 * i, inner + 3 * i, h_before + i, dh + i);                     \
    });                                                                                       \
  }
KERATIN_GRU(float, f32)
KERATIN_GRU(double, f64)
#undef KERATIN_GRU

}  // namespace keratin::kernels
#endif
