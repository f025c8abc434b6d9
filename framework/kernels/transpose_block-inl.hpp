// Transposing in registers. Included once per instruction set.
#if defined(KERATIN_TRANSPOSE_BLOCK_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KERATIN_TRANSPOSE_BLOCK_INL
#undef KERATIN_TRANSPOSE_BLOCK_INL
#else
#define KERATIN_TRANSPOSE_BLOCK_INL
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
/// Elements of 128 bits.
template <class T>
inline constexpr std::size_t quad = 16 / sizeof(T);

/// Vectors of 128-bit blocks, block i from row i * quad of `from`.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_blocks(D d, const T* from, std::size_t stride) {
  if constexpr (hn::MaxLanes(d) <= quad<T>) {
    return hn::LoadU(d, from);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_blocks(half, from + hn::Lanes(half) * stride, stride),
                       load_blocks(half, from, stride));
  }
}

/// Writes the transpose of Lanes rows x quad columns: quad rows of one vector each.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE void transpose_strip(D d, const T* from, std::size_t stride, T* to,
                                std::size_t to_stride) {
  const auto a = load_blocks(d, from, stride), b = load_blocks(d, from + stride, stride);
  if constexpr (sizeof(T) == 8) {
    hn::StoreU(hn::InterleaveLower(d, a, b), d, to);
    hn::StoreU(hn::InterleaveUpper(d, a, b), d, to + to_stride);
  } else {
    const hn::Repartition<double, D> pairs;
    const auto c = load_blocks(d, from + 2 * stride, stride);
    const auto e = load_blocks(d, from + 3 * stride, stride);
    const auto ab0 = hn::BitCast(pairs, hn::InterleaveLower(d, a, b));
    const auto ab1 = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b));
    const auto ce0 = hn::BitCast(pairs, hn::InterleaveLower(d, c, e));
    const auto ce1 = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
    hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, ab0, ce0)), d, to);
    hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, ab0, ce0)), d, to + to_stride);
    hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, ab1, ce1)), d, to + 2 * to_stride);
    hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, ab1, ce1)), d, to + 3 * to_stride);
  }
}
#endif  // HWY_TARGET != HWY_SCALAR

/// to[j * to_stride + i] = from[i * stride + j] for i < rows, j < columns.
template <class T>
void transpose_matrix(std::size_t rows, std::size_t columns, const T* from, std::size_t stride,
                      T* to, std::size_t to_stride) {
  std::size_t done = 0;  // rows
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<T> d;
  for (; done + hn::Lanes(d) <= rows; done += hn::Lanes(d)) {
    const T* row = from + done * stride;
    std::size_t j = 0;
    for (; j + quad<T> <= columns; j += quad<T>) {
      transpose_strip(d, row + j, stride, to + j * to_stride + done, to_stride);
    }
    for (; j < columns; ++j) {
      for (std::size_t i = 0; i < hn::Lanes(d); ++i)
        to[j * to_stride + done + i] = row[i * stride + j];
    }
  }
#endif
  for (; done < rows; ++done) {
    for (std::size_t j = 0; j < columns; ++j) to[j * to_stride + done] = from[done * stride + j];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#endif
