#include "pointwise_conv2d.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "../base/float16.hpp"
#include "../base/pool_allocator.hpp"
#include "gemm.hpp"

namespace keratin::kernels {

namespace {

using Sizes = PointwiseConv2DSizes;

constexpr auto plain = Transpose::no, transposed = Transpose::yes;

std::size_t input_size(const Sizes& s) { return s.batch * s.pixels * s.channels; }
std::size_t output_size(const Sizes& s) { return s.batch * s.pixels * s.filters; }
std::size_t filter_size(const Sizes& s) { return s.channels * s.filters; }

/// For the 16-bit types: `function` on float copies of two arrays, its result rounded.
template <class T, class Function>
void in_float(const T* a, std::size_t a_size, const T* b, std::size_t b_size, T* result,
              std::size_t result_size, Function function) {
  using Floats = std::vector<float, PoolAllocator<float>>;
  const Floats wide_a(a, a + a_size), wide_b(b, b + b_size);
  Floats wide_result(result_size);
  function(wide_a.data(), wide_b.data(), wide_result.data());
  std::transform(wide_result.begin(), wide_result.end(), result,
                 [](float value) { return static_cast<T>(value); });
}

template <class T>
constexpr bool is_narrow = std::is_same_v<T, half> || std::is_same_v<T, bfloat16>;

}  // namespace

template <class T>
void pointwise_conv2d(const T* input, const T* filter, T* output, const Sizes& s) {
  if constexpr (is_narrow<T>) {
    in_float(
        input, input_size(s), filter, filter_size(s), output, output_size(s),
        [&](const float* x, const float* w, float* y) { pointwise_conv2d<float>(x, w, y, s); });
  } else if (s.layout == Layout::nhwc) {
    gemm<T>(plain, plain, s.batch * s.pixels, s.filters, s.channels, input, s.channels, filter,
            s.filters, 0, output, s.filters);
  } else {
    for (std::size_t b = 0; b < s.batch; ++b) {
      gemm<T>(transposed, plain, s.filters, s.pixels, s.channels, filter, s.filters,
              input + b * s.channels * s.pixels, s.pixels, 0, output + b * s.filters * s.pixels,
              s.pixels);
    }
  }
}

template <class T>
void pointwise_conv2d_backprop_input(const T* filter, const T* output_gradient, T* input_gradient,
                                     const Sizes& s) {
  if constexpr (is_narrow<T>) {
    in_float(filter, filter_size(s), output_gradient, output_size(s), input_gradient, input_size(s),
             [&](const float* w, const float* g, float* gx) {
               pointwise_conv2d_backprop_input<float>(w, g, gx, s);
             });
  } else if (s.layout == Layout::nhwc) {
    gemm<T>(plain, transposed, s.batch * s.pixels, s.channels, s.filters, output_gradient,
            s.filters, filter, s.filters, 0, input_gradient, s.channels);
  } else {
    for (std::size_t b = 0; b < s.batch; ++b) {
      gemm<T>(plain, plain, s.channels, s.pixels, s.filters, filter, s.filters,
              output_gradient + b * s.filters * s.pixels, s.pixels, 0,
              input_gradient + b * s.channels * s.pixels, s.pixels);
    }
  }
}

template <class T>
void pointwise_conv2d_backprop_filter(const T* input, const T* output_gradient, T* filter_gradient,
                                      const Sizes& s) {
  if constexpr (is_narrow<T>) {
    in_float(input, input_size(s), output_gradient, output_size(s), filter_gradient, filter_size(s),
             [&](const float* x, const float* g, float* gw) {
               pointwise_conv2d_backprop_filter<float>(x, g, gw, s);
             });
  } else if (s.layout == Layout::nhwc) {
    gemm<T>(transposed, plain, s.channels, s.filters, s.batch * s.pixels, input, s.channels,
            output_gradient, s.filters, 0, filter_gradient, s.filters);
  } else {
    if (s.batch == 0) std::fill_n(filter_gradient, filter_size(s), T(0));
    for (std::size_t b = 0; b < s.batch; ++b) {
      gemm<T>(plain, transposed, s.channels, s.filters, s.pixels, input + b * s.channels * s.pixels,
              s.pixels, output_gradient + b * s.filters * s.pixels, s.pixels, b == 0 ? 0 : 1,
              filter_gradient, s.filters);
    }
  }
}

#define KERATIN_INSTANTIATE(T)                                                            \
  template void pointwise_conv2d<T>(const T*, const T*, T*, const Sizes&);                \
  template void pointwise_conv2d_backprop_input<T>(const T*, const T*, T*, const Sizes&); \
  template void pointwise_conv2d_backprop_filter<T>(const T*, const T*, T*, const Sizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
KERATIN_INSTANTIATE(half)
KERATIN_INSTANTIATE(bfloat16)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
