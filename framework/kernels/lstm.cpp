#include "lstm.hpp"

#include "../base/parallel.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/lstm.cpp"
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
void step(std::size_t rows, std::size_t units, T* z, const T* c_before, T* c, T* h) {
  for (std::size_t r = 0; r < rows; ++r) {
    for_each_vector<T>(units, [&](auto d, std::size_t k) HWY_ATTR {
      const auto i = sigmoid_of(d, hn::LoadU(d, z + k));
      const auto f = sigmoid_of(d, hn::LoadU(d, z + units + k));
      const auto g = tanh_of(d, hn::LoadU(d, z + 2 * units + k));
      const auto o = sigmoid_of(d, hn::LoadU(d, z + 3 * units + k));
      const auto state = hn::MulAdd(f, hn::LoadU(d, c_before + k), hn::Mul(i, g));
      hn::StoreU(i, d, z + k);
      hn::StoreU(f, d, z + units + k);
      hn::StoreU(g, d, z + 2 * units + k);
      hn::StoreU(o, d, z + 3 * units + k);
      hn::StoreU(state, d, c + k);
      hn::StoreU(hn::Mul(o, tanh_of(d, state)), d, h + k);
    });
    z += 4 * units;
    c_before += units;
    c += units;
    h += units;
  }
}

template <class T>
void step_gradient(std::size_t rows, std::size_t units, T* gates, const T* c_before, const T* c,
                   const T* dh, T* dc) {
  for (std::size_t r = 0; r < rows; ++r) {
    for_each_vector<T>(units, [&](auto d, std::size_t k) HWY_ATTR {
      const auto one = hn::Set(d, T{1});
      const auto i = hn::LoadU(d, gates + k), f = hn::LoadU(d, gates + units + k);
      const auto g = hn::LoadU(d, gates + 2 * units + k), o = hn::LoadU(d, gates + 3 * units + k);
      const auto squashed = tanh_of(d, hn::LoadU(d, c + k)), to_h = hn::LoadU(d, dh + k);
      const auto slope = hn::NegMulAdd(squashed, squashed, one);
      const auto to_c = hn::MulAdd(hn::Mul(to_h, o), slope, hn::LoadU(d, dc + k));
      // The slope of a sigmoid s is s (1 - s), that of a tanh t is 1 - t t.
      const auto to_i = hn::Mul(hn::Mul(to_c, g), hn::Mul(i, hn::Sub(one, i)));
      const auto to_f =
          hn::Mul(hn::Mul(to_c, hn::LoadU(d, c_before + k)), hn::Mul(f, hn::Sub(one, f)));
      const auto to_g = hn::Mul(hn::Mul(to_c, i), hn::NegMulAdd(g, g, one));
      const auto to_o = hn::Mul(hn::Mul(to_h, squashed), hn::Mul(o, hn::Sub(one, o)));
      hn::StoreU(to_i, d, gates + k);
      hn::StoreU(to_f, d, gates + units + k);
      hn::StoreU(to_g, d, gates + 2 * units + k);
      hn::StoreU(to_o, d, gates + 3 * units + k);
      hn::StoreU(hn::Mul(to_c, f), d, dc + k);
    });
    gates += 4 * units;
    c_before += units;
    c += units;
    dh += units;
    dc += units;
  }
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                               \
  void step_##suffix(std::size_t rows, std::size_t units, T* z, const T* c_before, T* c, T* h) { \
    step(rows, units, z, c_before, c, h);                                                        \
  }                                                                                              \
  void step_gradient_##suffix(std::size_t rows, std::size_t units, T* gates, const T* c_before,  \
                              const T* c, const T* dh, T* dc) {                                  \
    step_gradient(rows, units, gates, c_before, c, dh, dc);                                      \
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

#define KERATIN_LSTM(T, suffix)                                                              \
  namespace {                                                                                \
  HWY_EXPORT(step_##suffix);                                                                 \
  HWY_EXPORT(step_gradient_##suffix);                                                        \
  }                                                                                          \
  template <>                                                                                \
  void lstm_step(std::size_t rows, std::size_t units, T* z, const T* c_before, T* c, T* h) { \
    for_each_piece(rows, units, [&](std::size_t count, std::size_t i) {                      \
      HWY_DYNAMIC_DISPATCH(step_##suffix)                                                    \
      (count, units, z + 4 * i, c_before + i, c + i, h + i);                                 \
    });                                                                                      \
  }                                                                                          \
  template <>                                                                                \
  void lstm_step_gradient(std::size_t rows, std::size_t units, T* gates, const T* c_before,  \
                          const T* c, const T* dh, T* dc) {                                  \
    for_each_piece(rows, units, [&](std::size_t count, std::size_t i) {                      \
      HWY_DYNAMIC_DISPATCH(step_gradient_##suffix)                                           \
      (count, units, gates + 4 * i, c_before + i, c + i, dh + i, dc + i);                    \
    });                                                                                      \
  }
KERATIN_LSTM(float, f32)
KERATIN_LSTM(double, f64)
#undef KERATIN_LSTM

}  // namespace keratin::kernels
#endif
