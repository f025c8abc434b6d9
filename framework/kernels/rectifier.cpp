#include "rectifier.hpp"

#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/rectifier.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "channel_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
void rectify_all(std::size_t count, const Rectifier<T>& r, const T* x, T* y) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, x + i), threshold = hn::Set(d, r.threshold);
    const auto below =
        r.slope == T{0} ? hn::Zero(d) : hn::Mul(hn::Set(d, r.slope), hn::Sub(value, threshold));
    // What is not at most the threshold is above it, or NaN.
    const auto bounded = hn::IfThenElse(hn::Le(value, threshold), below, value);
    const auto high = hn::Set(d, r.high);
    hn::StoreU(hn::IfThenElse(hn::Gt(bounded, high), high, bounded), d, y + i);
  });
}

template <class T>
void scale_all(std::size_t count, const RectifierSlopes<T>& s, const T* kept, T* dy) {
  for_each_vector<T>(count, [&](auto d, std::size_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, kept + i), threshold = hn::Set(d, s.threshold);
    const auto above = hn::IfThenElseZero(hn::Le(value, hn::Set(d, s.last)), hn::Set(d, T{1}));
    const auto below =
        hn::IfThenElse(hn::Lt(value, threshold), hn::Set(d, s.slope), hn::Set(d, s.at_threshold));
    const auto slope = hn::IfThenElse(hn::Gt(value, threshold), above, below);
    hn::StoreU(hn::Mul(hn::LoadU(d, dy + i), slope), d, dy + i);
  });
}

// HWY_EXPORT takes a plain name, so each element type has one.
#define KERATIN_KERNELS(T, suffix)                                                            \
  void rectify_##suffix(std::size_t count, const Rectifier<T>& r, const T* x, T* y) {         \
    rectify_all(count, r, x, y);                                                              \
  }                                                                                           \
  void scale_##suffix(std::size_t count, const RectifierSlopes<T>& s, const T* kept, T* dy) { \
    scale_all(count, s, kept, dy);                                                            \
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
#define KERATIN_RECTIFIER(T, suffix)                                                              \
  namespace {                                                                                     \
  HWY_EXPORT(rectify_##suffix);                                                                   \
  HWY_EXPORT(scale_##suffix);                                                                     \
  }                                                                                               \
  template <>                                                                                     \
  void rectify(std::size_t count, const Rectifier<T>& r, const T* x, T* y) {                      \
    HWY_DYNAMIC_DISPATCH(rectify_##suffix)(count, r, x, y);                                       \
  }                                                                                               \
  template <>                                                                                     \
  void rectifier_gradient(std::size_t count, const RectifierSlopes<T>& s, const T* kept, T* dy) { \
    HWY_DYNAMIC_DISPATCH(scale_##suffix)(count, s, kept, dy);                                     \
  }
KERATIN_RECTIFIER(float, f32)
KERATIN_RECTIFIER(double, f64)
#undef KERATIN_RECTIFIER

}  // namespace keratin::kernels
#endif
