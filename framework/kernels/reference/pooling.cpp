#include "pooling.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "windows.hpp"

namespace keratin::kernels::reference {
namespace {

/// Calls `visit(y, taps)` for each output element with the positions of its window's inputs.
template <class Visit>
void for_each_window(const PoolSizes& s, const Visit& visit) {
  for (std::size_t b = 0; b < s.batch; ++b) {
    for_each_index(s.out, [&](const Index& out, std::size_t out_position) {
      for (std::size_t c = 0; c < s.channels; ++c) {
        std::vector<std::size_t> taps;
        for_each_tap(out, s.pool, Index{1, 1, 1}, s, [&](std::size_t in, std::size_t) {
          taps.push_back((b * volume(s.in) + in) * s.channels + c);
        });
        visit((b * volume(s.out) + out_position) * s.channels + c, taps);
      }
    });
  }
}

}  // namespace

template <class T>
void max_pool_forward(const T* input, T* output, const PoolSizes& s) {
  for_each_window(s, [&](std::size_t y, const std::vector<std::size_t>& taps) {
    output[y] = -std::numeric_limits<T>::infinity();
    for (const std::size_t x : taps) output[y] = std::max(output[y], input[x]);
  });
}

template <class T>
void max_pool_backward(const T* input, const T* output_gradient, T* input_gradient,
                       const PoolSizes& s) {
  std::fill_n(input_gradient, s.batch * volume(s.in) * s.channels, T{0});
  for_each_window(s, [&](std::size_t y, const std::vector<std::size_t>& taps) {
    if (taps.empty()) return;
    const auto largest =
        *std::max_element(taps.begin(), taps.end(),
                          [&](std::size_t l, std::size_t r) { return input[l] < input[r]; });
    input_gradient[largest] += output_gradient[y];
  });
}

template <class T>
void average_pool_forward(const T* input, T* output, const PoolSizes& s) {
  for_each_window(s, [&](std::size_t y, const std::vector<std::size_t>& taps) {
    T sum = 0;
    for (const std::size_t x : taps) sum += input[x];
    output[y] = taps.empty() ? T{0} : sum / static_cast<T>(taps.size());
  });
}

template <class T>
void average_pool_backward(const T* output_gradient, T* input_gradient, const PoolSizes& s) {
  std::fill_n(input_gradient, s.batch * volume(s.in) * s.channels, T{0});
  for_each_window(s, [&](std::size_t y, const std::vector<std::size_t>& taps) {
    for (const std::size_t x : taps) {
      input_gradient[x] += output_gradient[y] / static_cast<T>(taps.size());
    }
  });
}

#define KERATIN_INSTANTIATE(T)                                               \
  template void max_pool_forward(const T*, T*, const PoolSizes&);            \
  template void max_pool_backward(const T*, const T*, T*, const PoolSizes&); \
  template void average_pool_forward(const T*, T*, const PoolSizes&);        \
  template void average_pool_backward(const T*, T*, const PoolSizes&);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels::reference
