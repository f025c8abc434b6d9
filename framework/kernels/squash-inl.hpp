// The vector forms of sigmoid and tanh. Included once per instruction set.
#if defined(KERATIN_SQUASH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_SQUASH_INL
#undef KERATIN_SQUASH_INL
#else
#define KERATIN_SQUASH_INL
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V = hn::Vec<D>>
HWY_INLINE V keep_nan(V x, V result) {
  return hn::IfThenElse(hn::Eq(x, x), result, x);
}

/// `x` with 0 for what is no number, which Highway's functions would convert to an integer.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V without_nan(V x) {
  return hn::IfThenElseZero(hn::Eq(x, x), x);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh_of(D d, V x) {
  return keep_nan<D>(x, hn::CallTanh(d, without_nan<D>(x)));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V sigmoid_of(D d, V x) {
  const auto one = hn::Set(d, hn::TFromD<D>{1});
  // e^-|x| neither overflows nor cancels.
  const auto e = hn::CallExp(d, hn::Neg(hn::Abs(without_nan<D>(x))));
  const auto numerator = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one);
  return keep_nan<D>(x, hn::Div(numerator, hn::Add(one, e)));
}

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
