// Sums over rows with vectors. Included once per instruction set.
#if defined(KERATIN_CHANNEL_SUMS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_CHANNEL_SUMS_INL
#undef KERATIN_CHANNEL_SUMS_INL
#else
#define KERATIN_CHANNEL_SUMS_INL
#endif

#include <algorithm>
#include <cstddef>

#include "channel_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// Adds to `sums(c)` the sum over rows of `term(d, r * channels + c, c)`, a vector. Eight rows at a
/// time are summed as a tree: in that order whatever the vectors' length, and more exactly than one
/// by one.
template <class T, class Term>
HWY_INLINE void add_rows(std::size_t rows, std::size_t channels, T* sums, const Term& term) {
  std::size_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    for_each_vector<T>(channels, [&](auto d, std::size_t c) HWY_ATTR {
      const std::size_t i = r * channels + c;
      const auto pair = [&](std::size_t row) HWY_ATTR {
        return hn::Add(term(d, i + row * channels, c), term(d, i + (row + 1) * channels, c));
      };
      const auto first = hn::Add(pair(0), pair(2)), second = hn::Add(pair(4), pair(6));
      hn::StoreU(hn::Add(hn::LoadU(d, sums + c), hn::Add(first, second)), d, sums + c);
    });
  }
  for (; r < rows; ++r) {
    for_each_vector<T>(channels, [&](auto d, std::size_t c) HWY_ATTR {
      hn::StoreU(hn::Add(hn::LoadU(d, sums + c), term(d, r * channels + c, c)), d, sums + c);
    });
  }
}

/// Sums a long row's parts into one row.
template <class T>
class WideSums {
 public:
  explicit WideSums(std::size_t channels) : channels_(channels) {
    std::fill_n(sums_, channels * lanes_of<T>(), T{0});
  }
  T* data() { return sums_; }
  void add_to(T* sums) const {
    for (std::size_t i = 0; i < lanes_of<T>(); ++i) {
      for (std::size_t c = 0; c < channels_; ++c) sums[c] += sums_[i * channels_ + c];
    }
  }

 private:
  static constexpr std::size_t most_lanes = HWY_MAX_BYTES / sizeof(T);
  std::size_t channels_;
  T sums_[most_lanes * most_lanes];
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
