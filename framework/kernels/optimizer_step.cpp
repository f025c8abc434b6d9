#include "optimizer_step.hpp"

#include "../base/parallel.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/optimizer_step.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "channel_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// w - w decay - change.
template <class D, class V = hn::Vec<D>, class T>
HWY_INLINE V stepped(D d, V w, T decay, V change) {
  return hn::Sub(hn::NegMulAdd(w, hn::Set(d, decay), w), change);
}

template <class T>
void sgd(std::size_t count, const SgdStep<T>& s, const T* g, T* w, T* m) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    const auto pull = hn::Mul(hn::Set(d, s.rate), hn::LoadU(d, g + i));
    auto change = pull;
    if (m) {
      const auto momentum = hn::Set(d, s.momentum);
      const auto speed = hn::MulSub(momentum, hn::LoadU(d, m + i), pull);
      hn::StoreU(speed, d, m + i);
      change = hn::Neg(s.nesterov ? hn::MulSub(momentum, speed, pull) : speed);
    }
    hn::StoreU(stepped(d, hn::LoadU(d, w + i), s.decay, change), d, w + i);
  });
}

template <class T>
void rmsprop(std::size_t count, const RmspropStep<T>& s, const T* g, T* w, T* v, T* m, T* average) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    const auto rho = hn::Set(d, s.rho), rest = hn::Set(d, 1 - s.rho);
    const auto gradient = hn::LoadU(d, g + i);
    auto variance =
        hn::MulAdd(rho, hn::LoadU(d, v + i), hn::Mul(hn::Mul(rest, gradient), gradient));
    hn::StoreU(variance, d, v + i);
    if (average) {
      const auto mean = hn::MulAdd(rho, hn::LoadU(d, average + i), hn::Mul(rest, gradient));
      hn::StoreU(mean, d, average + i);
      variance = hn::NegMulAdd(mean, mean, variance);
    }
    auto change = hn::Div(hn::Mul(hn::Set(d, s.rate), gradient),
                          hn::Sqrt(hn::Add(variance, hn::Set(d, s.epsilon))));
    if (m) {
      change = hn::MulAdd(hn::Set(d, s.momentum), hn::LoadU(d, m + i), change);
      hn::StoreU(change, d, m + i);
    }
    hn::StoreU(stepped(d, hn::LoadU(d, w + i), s.decay, change), d, w + i);
  });
}

template <class T>
void adam(std::size_t count, const AdamStep<T>& s, const T* g, T* w, T* m, T* v, T* largest) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    const auto gradient = hn::LoadU(d, g + i);
    const auto mean = hn::LoadU(d, m + i), square = hn::LoadU(d, v + i);
    const auto momentum = hn::MulAdd(hn::Sub(gradient, mean), hn::Set(d, s.rest_1), mean);
    auto velocity =
        hn::MulAdd(hn::MulSub(gradient, gradient, square), hn::Set(d, s.rest_2), square);
    hn::StoreU(momentum, d, m + i);
    hn::StoreU(velocity, d, v + i);
    if (largest) {
      const auto before = hn::LoadU(d, largest + i);
      velocity = hn::IfThenElse(hn::Lt(before, velocity), velocity, before);
      hn::StoreU(velocity, d, largest + i);
    }
    const auto change = hn::Div(hn::Mul(hn::Set(d, s.alpha), momentum),
                                hn::Add(hn::Sqrt(velocity), hn::Set(d, s.epsilon)));
    hn::StoreU(stepped(d, hn::LoadU(d, w + i), s.decay, change), d, w + i);
  });
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                                \
  void sgd_##suffix(std::size_t count, const SgdStep<T>& s, const T* g, T* w, T* m) {             \
    sgd(count, s, g, w, m);                                                                       \
  }                                                                                               \
  void rmsprop_##suffix(std::size_t count, const RmspropStep<T>& s, const T* g, T* w, T* v, T* m, \
                        T* average) {                                                             \
    rmsprop(count, s, g, w, v, m, average);                                                       \
  }                                                                                               \
  void adam_##suffix(std::size_t count, const AdamStep<T>& s, const T* g, T* w, T* m, T* v,       \
                     T* largest) {                                                                \
    adam(count, s, g, w, m, v, largest);                                                          \
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

/// Elements that a thread takes at least; pieces end at whole vectors, so that an element's bits
/// do not depend on the cut.
constexpr std::size_t piece = 4096;

template <class Step>
void for_each_piece(std::size_t count, const Step& step) {
  parallel_for((count + piece - 1) / piece, 4, [&](std::size_t begin, std::size_t end) {
    step(begin * piece, (end * piece < count ? end * piece : count) - begin * piece);
  });
}

}  // namespace

#define KERATIN_STEPS(T, suffix)                                                              \
  namespace {                                                                                 \
  HWY_EXPORT(sgd_##suffix);                                                                   \
  HWY_EXPORT(rmsprop_##suffix);                                                               \
  HWY_EXPORT(adam_##suffix);                                                                  \
  }                                                                                           \
  template <>                                                                                 \
  void sgd_step(std::size_t count, const SgdStep<T>& s, const T* g, T* w, T* m) {             \
    for_each_piece(count, [&](std::size_t i, std::size_t n) {                                 \
      HWY_DYNAMIC_DISPATCH(sgd_##suffix)(n, s, g + i, w + i, m ? m + i : m);                  \
    });                                                                                       \
  }                                                                                           \
  template <>                                                                                 \
  void rmsprop_step(std::size_t count, const RmspropStep<T>& s, const T* g, T* w, T* v, T* m, \
                    T* average) {                                                             \
    for_each_piece(count, [&](std::size_t i, std::size_t n) {                                 \
      HWY_DYNAMIC_DISPATCH(rmsprop_##suffix)                                                  \
      (n, s, g + i, w + i, v + i, m ? m + i : m, average ? average + i : average);            \
    });                                                                                       \
  }                                                                                           \
  template <>                                                                                 \
  void adam_step(std::size_t count, const AdamStep<T>& s, const T* g, T* w, T* m, T* v,       \
                 T* largest) {                                                                \
    for_each_piece(count, [&](std::size_t i, std::size_t n) {                                 \
      HWY_DYNAMIC_DISPATCH(adam_##suffix)                                                     \
      (n, s, g + i, w + i, m + i, v + i, largest ? largest + i : largest);                    \
    });                                                                                       \
  }
KERATIN_STEPS(float, f32)
KERATIN_STEPS(double, f64)
#undef KERATIN_STEPS

}  // namespace keratin::kernels
#endif
