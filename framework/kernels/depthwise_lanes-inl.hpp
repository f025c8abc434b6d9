// Channels multiplied and summed in groups, and rows of the source in that form. Included once per
// instruction set.
#if defined(KERATIN_DEPTHWISE_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_DEPTHWISE_LANES_INL
#undef KERATIN_DEPTHWISE_LANES_INL
#else
#define KERATIN_DEPTHWISE_LANES_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "../base/pool_allocator.hpp"
#include "simd.hpp"

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using Buffer = std::vector<T, PoolAllocator<T>>;

/// Writes each of a pixel's channels `multiplier` times in a row.
template <class T>
class ChannelRepeater {
 public:
  ChannelRepeater(std::size_t channels, std::size_t multiplier)
      : channels_(channels), multiplier_(multiplier) {
    const hn::ScalableTag<T> d;
    const std::size_t lanes = hn::Lanes(d);
    if (channels < lanes || multiplier == 1) return;
    const std::size_t all = channels * multiplier;
    for (std::size_t o = 0; o < all; o += lanes) {
      const std::size_t at = std::min(o, all - lanes);
      const std::size_t from = std::min(at / multiplier, channels - lanes);
      from_.push_back(from);
      for (std::size_t i = 0; i < lanes; ++i) {
        lanes_.push_back(static_cast<Index>((at + i) / multiplier - from));
      }
    }
  }

  HWY_NOINLINE void operator()(const T* source, T* result, std::size_t pixels) const {
    const hn::ScalableTag<T> d;
    const std::size_t lanes = hn::Lanes(d), all = channels_ * multiplier_;
    if (from_.empty()) {
      for (std::size_t i = 0; i < pixels * channels_; ++i, result += multiplier_) {
        std::fill_n(result, multiplier_, source[i]);
      }
      return;
    }
    for (std::size_t p = 0; p < pixels; ++p, source += channels_, result += all) {
      for (std::size_t v = 0; v < from_.size(); ++v) {
        const auto x = hn::LoadU(d, source + from_[v]);
        const auto lane = hn::SetTableIndices(d, lanes_.data() + v * lanes);
        hn::StoreU(hn::TableLookupLanes(x, lane), d, result + std::min(v * lanes, all - lanes));
      }
    }
  }

 private:
  using Index = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;

  std::size_t channels_, multiplier_;
  std::vector<std::size_t> from_;
  std::vector<Index> lanes_;
};

/// result[i] = the sum of values[i * group .. i * group + group). `values` is scratch afterwards.
template <class T>
HWY_NOINLINE void sum_groups(T* values, T* result, std::size_t count, std::size_t group) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  for (; group % 2 == 0; group /= 2) {
    const std::size_t pairs = count * group / 2;
    T* to = group == 2 ? result : values;
    std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    for (; i + lanes <= pairs; i += lanes) {
      const auto a = hn::LoadU(d, values + 2 * i), b = hn::LoadU(d, values + 2 * i + lanes);
      hn::StoreU(hn::Add(hn::ConcatEven(d, b, a), hn::ConcatOdd(d, b, a)), d, to + i);
    }
#endif
    for (; i < pairs; ++i) to[i] = values[2 * i] + values[2 * i + 1];
    if (group == 2) return;
  }
  if (group == 1) {
    std::copy_n(values, count, result);
    return;
  }
  const hn::RebindToSigned<decltype(d)> di;
  using Index = hn::TFromD<decltype(di)>;
  const auto index = hn::Mul(hn::Iota(di, 0), hn::Set(di, static_cast<Index>(group)));
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    auto sum = hn::GatherIndex(d, values + i * group, index);
    for (std::size_t g = 1; g < group; ++g) {
      sum = hn::Add(sum, hn::GatherIndex(d, values + i * group + g, index));
    }
    hn::StoreU(sum, d, result + i);
  }
  for (; i < count; ++i) {
    T sum = values[i * group];
    for (std::size_t g = 1; g < group; ++g) sum += values[i * group + g];
    result[i] = sum;
  }
}

/// The rows of an image (batch, height, width, channels) with each channel repeated `multiplier`
/// times; the last ones are kept. With multiplier 1 they are those of the image itself.
template <class T>
class RepeatedRows {
 public:
  /// At most `kept` consecutive rows are in use at a time.
  RepeatedRows(const T* image, std::size_t height, std::size_t width, std::size_t channels,
               std::size_t multiplier, std::size_t kept)
      : image_(image),
        height_(height),
        length_(width * channels),
        width_(width),
        multiplier_(multiplier),
        kept_(std::min(kept, height)),
        repeat_(channels, multiplier) {
    if (multiplier == 1) return;
    rows_.resize(kept_ * length_ * multiplier);
    held_.resize(kept_, static_cast<std::size_t>(-1));
  }

  const T* row(std::size_t b, std::size_t y) {
    const std::size_t index = b * height_ + y;
    if (multiplier_ == 1) return image_ + index * length_;
    const std::size_t slot = y % kept_;
    T* row = rows_.data() + slot * length_ * multiplier_;
    if (held_[slot] != index) {
      repeat_(image_ + index * length_, row, width_);
      held_[slot] = index;
    }
    return row;
  }

 private:
  const T* image_;
  std::size_t height_, length_, width_, multiplier_, kept_;
  ChannelRepeater<T> repeat_;
  Buffer<T> rows_;
  std::vector<std::size_t> held_;
};

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
