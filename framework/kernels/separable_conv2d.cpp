#include "separable_conv2d.hpp"

#include <algorithm>

#include "../base/parallel.hpp"
#include "scratch.hpp"

namespace keratin::kernels {
namespace {

/// A strip's depthwise output stays in the second-level cache. It is the larger the more there is
/// to multiply with, which each strip reads anew.
constexpr std::size_t least_bytes = std::size_t{192} << 10, most_bytes = std::size_t{512} << 10;

/// Rows of a strip: an even number, since they are computed in pairs, and some strips per thread.
std::size_t strip_rows(const DepthwiseConv2DSizes& s, std::size_t filters, std::size_t element) {
  const std::size_t weights = s.channels * s.multiplier * filters * element;
  const std::size_t strip_bytes = std::clamp(weights / 2, least_bytes, most_bytes);
  const std::size_t row = std::max<std::size_t>(1, s.out_width * s.channels * s.multiplier);
  const auto threads = static_cast<std::size_t>(num_threads());
  const std::size_t fair = (s.batch * s.out_height + threads - 1) / threads;
  const std::size_t wanted =
      std::min(std::max<std::size_t>(strip_bytes / (row * element), 2), fair);
  return std::clamp<std::size_t>((wanted + 1) / 2 * 2, 2, std::max<std::size_t>(2, s.out_height));
}

}  // namespace

RowsOfDepthwise rows_of(const DepthwiseConv2DSizes& sizes, std::size_t begin, std::size_t end) {
  RowsOfDepthwise rows{sizes, 0};
  DepthwiseConv2DSizes& s = rows.sizes;
  const std::size_t reach = begin * s.stride_height;
  rows.input_row = std::min(reach > s.pad_top ? reach - s.pad_top : 0, s.in_height);
  s.pad_top = reach > s.pad_top ? 0 : s.pad_top - reach;
  s.batch = 1;
  s.out_height = end - begin;
  s.in_height -= rows.input_row;
  return rows;
}

template <class T>
void separable_conv2d(const T* input, const T* depthwise_filter, const T* depthwise_bias,
                      const PackedMatrix<T>& pointwise, T* output, const DepthwiseConv2DSizes& s,
                      const Clamp& clamp, const Epilogue<T>& epilogue, T* between) {
  if (s.batch == 0 || s.out_height == 0 || s.out_width == 0) return;
  const std::size_t in_row = s.in_width * s.channels, between_row = s.out_width * pointwise.k();
  const std::size_t out_row = s.out_width * pointwise.n();
  const std::size_t rows = strip_rows(s, pointwise.n(), sizeof(T)),
                    strips = (s.out_height + rows - 1) / rows;
  parallel_for(s.batch * strips, 1, [&](std::size_t begin, std::size_t end) {
    const Scratch<T> scratch(between ? 0 : rows * between_row);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t image = i / strips, first = i % strips * rows;
      const std::size_t last = std::min(first + rows, s.out_height);
      const std::size_t place = image * s.out_height + first;
      const RowsOfDepthwise strip = rows_of(s, first, last);
      T* const middle = between ? between + place * between_row : scratch.data();
      depthwise_conv2d(input + (image * s.in_height + strip.input_row) * in_row, depthwise_filter,
                       depthwise_bias, middle, strip.sizes, clamp);
      gemm(Transpose::no, (last - first) * s.out_width, middle, pointwise.k(), pointwise, T{0},
           output + place * out_row, pointwise.n(), epilogue);
    }
  });
}

#define KERATIN_INSTANTIATE(T)                                                                  \
  template void separable_conv2d(const T*, const T*, const T*, const PackedMatrix<T>&, T*,      \
                                 const DepthwiseConv2DSizes&, const Clamp&, const Epilogue<T>&, \
                                 T*);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
