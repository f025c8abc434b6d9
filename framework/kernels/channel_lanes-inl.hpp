// Loops over channels with vectors. Included once per instruction set.
#if defined(KERATIN_CHANNEL_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_CHANNEL_LANES_INL
#undef KERATIN_CHANNEL_LANES_INL
#else
#define KERATIN_CHANNEL_LANES_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
HWY_INLINE std::size_t lanes_of() {
  return hn::Lanes(hn::ScalableTag<T>());
}

/// Calls `visit(d, i)` to cover [0, count) with vectors, full ones and then ever smaller ones.
template <class T, class Visit>
HWY_INLINE void for_each_vector(std::size_t count, const Visit& visit) {
  const hn::ScalableTag<T> whole;
  std::size_t i = 0;
  for (; i + hn::Lanes(whole) <= count; i += hn::Lanes(whole)) visit(whole, i);
  const hn::CappedTag<T, 8> eight;
  for (; i + hn::Lanes(eight) <= count; i += hn::Lanes(eight)) visit(eight, i);
  const hn::CappedTag<T, 4> four;
  for (; i + hn::Lanes(four) <= count; i += hn::Lanes(four)) visit(four, i);
  const hn::CappedTag<T, 1> one;
  for (; i < count; ++i) visit(one, i);
}

// With fewer channels than lanes, as many rows as there are lanes are taken for one long row.

template <class T>
HWY_INLINE bool widens(std::size_t rows, std::size_t channels) {
  return channels < lanes_of<T>() && rows >= lanes_of<T>();
}

/// One value per channel, repeated for a long row; null stays null.
template <class T>
class WideRow {
 public:
  WideRow(std::size_t channels, const T* values) : given_(values != nullptr) {
    if (!given_) return;
    for (std::size_t i = 0; i < lanes_of<T>(); ++i) {
      std::copy_n(values, channels, values_ + i * channels);
    }
  }
  const T* data() const { return given_ ? values_ : nullptr; }

 private:
  static constexpr std::size_t most_lanes = HWY_MAX_BYTES / sizeof(T);
  bool given_;
  T values_[most_lanes * most_lanes];
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
