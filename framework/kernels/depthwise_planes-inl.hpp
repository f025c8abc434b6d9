// Rows of single-channel images, padded and taken apart by the stride. Included once per
// instruction set.
#if defined(KERATIN_DEPTHWISE_PLANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_PLANES_INL
#undef KERATIN_DEPTHWISE_PLANES_INL
#else
#define KERATIN_DEPTHWISE_PLANES_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

#include "depthwise_gather.hpp"
#include "depthwise_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

/// A row with zeros around it, as `step` lines one after the other: element i of line r is column
/// i * step + r - left. What a tap reads for successive results is then next to each other, for
/// as many results as there are, rounded up to whole vectors.
template <class T>
class PaddedLine {
 public:
  PaddedLine(const GatherAxis& axis, std::size_t lanes)
      : step_(static_cast<std::size_t>(axis.step)), sources_(axis.sources) {
    std::ptrdiff_t low = 0, high = 0;
    for (const auto& taps : axis.phases) {
      if (taps.empty()) continue;
      low = std::min(low, taps.front().offset);
      high = std::max(high, taps.back().offset);
    }
    left_ = static_cast<std::size_t>(-low);
    const std::size_t reach = (static_cast<std::size_t>(high) + left_) / step_;
    length_ = (axis.count(0) + lanes - 1) / lanes * lanes + reach;
  }

  std::size_t pitch() const { return step_ * length_; }

  /// Where in a padded row the tap of this offset starts to read.
  std::size_t position(std::ptrdiff_t offset) const {
    const auto at = static_cast<std::size_t>(offset + static_cast<std::ptrdiff_t>(left_));
    return at % step_ * length_ + at / step_;
  }

  /// A row of zeros if `source` is null.
  void copy(const T* source, T* result) const {
    for (std::size_t r = 0; r < step_; ++r, result += length_) {
      // Elements [first, last) are inside the row.
      std::size_t first = left_ > r ? (left_ - r + step_ - 1) / step_ : 0;
      std::size_t last = left_ + sources_ > r ? (left_ + sources_ - r + step_ - 1) / step_ : 0;
      last = source ? std::min(last, length_) : 0;
      first = std::min(first, last);
      std::fill_n(result, first, T{0});
      if (first < last) {
        const T* from = source + (first * step_ + r - left_);
        if (step_ == 1) {
          std::copy_n(from, last - first, result + first);
        } else {
          for (std::size_t i = first; i < last; ++i, from += step_) result[i] = *from;
        }
      }
      std::fill(result + last, result + length_, T{0});
    }
  }

 private:
  std::size_t step_, sources_, left_, length_;
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
