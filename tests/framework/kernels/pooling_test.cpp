#include "../../../framework/kernels/pooling.hpp"

#include <cmath>
#include <limits>

#include "../../../framework/base/error.hpp"
#include "../../../framework/kernels/reference/pooling.hpp"
#include "../../support/kernel_checks.hpp"

using namespace keratin;
using kernels::PoolSizes;
using testing::random_values;

namespace {

std::size_t volume(const std::array<std::size_t, 3>& grid) { return grid[0] * grid[1] * grid[2]; }
std::size_t input_size(const PoolSizes& s) { return s.batch * volume(s.in) * s.channels; }
std::size_t output_size(const PoolSizes& s) { return s.batch * volume(s.out) * s.channels; }

/// Fills in the output's size, from Keras's formulas for "same" and "valid".
PoolSizes padded(PoolSizes s, bool same) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (same) {
      s.out[i] = (s.in[i] + s.stride[i] - 1) / s.stride[i];
      const std::size_t needed = (s.out[i] - 1) * s.stride[i] + s.pool[i];
      s.pad_before[i] = needed > s.in[i] ? (needed - s.in[i]) / 2 : 0;
    } else {
      s.out[i] = s.in[i] < s.pool[i] ? 0 : (s.in[i] - s.pool[i]) / s.stride[i] + 1;
    }
  }
  return s;
}

std::vector<PoolSizes> all_sizes() {
  std::vector<PoolSizes> all;
  for (const bool same : {true, false}) {
    for (const std::size_t channels : {1, 3, 8, 17, 64, 70}) {
      for (const std::size_t stride : {1, 2, 3}) {
        for (const std::size_t pool : {2, 3}) {
          all.push_back(padded({.batch = 2,
                                .in = {1, 8, 7},
                                .pool = {1, pool, 2},
                                .stride = {1, stride, 2},
                                .channels = channels},
                               same));
        }
      }
      all.push_back(padded({.batch = 2,
                            .in = {4, 5, 6},
                            .pool = {2, 3, 2},
                            .stride = {2, 2, 1},
                            .channels = channels},
                           same));
      all.push_back(padded(
          {.in = {1, 1, 9}, .pool = {1, 1, 4}, .stride = {1, 1, 4}, .channels = channels}, same));
    }
  }
  all.push_back({.batch = 0});
  return all;
}

/// With many equal elements, so that the first largest matters.
template <class T>
std::vector<T> steps(std::size_t count) {
  auto values = random_values<T>(count, 1);
  for (T& value : values) value = std::round(value * 2);
  return values;
}

template <class T>
struct Results {
  std::vector<T> largest, mean, largest_gradient, mean_gradient;
};

template <class T>
Results<T> fast(const PoolSizes& s) {
  const auto x = steps<T>(input_size(s)), dy = random_values<T>(output_size(s), 2);
  const std::vector<T> y(output_size(s), T{9}), dx(input_size(s), T{9});
  Results<T> r{y, y, dx, dx};
  kernels::max_pool_forward(x.data(), r.largest.data(), s);
  kernels::average_pool_forward(x.data(), r.mean.data(), s);
  kernels::max_pool_backward(x.data(), dy.data(), r.largest_gradient.data(), s);
  kernels::average_pool_backward(dy.data(), r.mean_gradient.data(), s);
  return r;
}

}  // namespace

TEST_CASE_TEMPLATE("pooling agrees with the reference", T, float, double) {
  testing::for_each_target([] {
    for (const PoolSizes& s : all_sizes()) {
      CAPTURE(concat(s.in, s.pool, s.stride, s.pad_before, s.channels));
      const auto x = steps<T>(input_size(s)), dy = random_values<T>(output_size(s), 2);
      std::vector<T> y(output_size(s)), dx(input_size(s));
      const Results<T> r = fast<T>(s);
      kernels::reference::max_pool_forward(x.data(), y.data(), s);
      CHECK(r.largest == y);
      kernels::reference::average_pool_forward(x.data(), y.data(), s);
      testing::check_close(r.mean, y);
      kernels::reference::max_pool_backward(x.data(), dy.data(), dx.data(), s);
      testing::check_close(r.largest_gradient, dx);
      kernels::reference::average_pool_backward(dy.data(), dx.data(), s);
      testing::check_close(r.mean_gradient, dx);
    }
  });
}

TEST_CASE_TEMPLATE("pooling gives the same bits on any threads", T, float, double) {
  for (const std::size_t stride : {1, 2, 3}) {
    const PoolSizes s = padded({.batch = 3,
                                .in = {1, 24, 20},
                                .pool = {1, 2, 2},
                                .stride = {1, stride, stride},
                                .channels = 130},
                               true);
    testing::check_same_on_any_threads([&] { return fast<T>(s).largest; });
    testing::check_same_on_any_threads([&] { return fast<T>(s).mean; });
    testing::check_same_on_any_threads([&] { return fast<T>(s).largest_gradient; });
    testing::check_same_on_any_threads([&] { return fast<T>(s).mean_gradient; });
  }
}

TEST_CASE("max pooling keeps -infinity and gives its gradient to the first") {
  const float low = -std::numeric_limits<float>::infinity();
  const std::vector<float> x{low, low, 1, 2};
  const PoolSizes s = padded({.in = {1, 1, 4}, .pool = {1, 1, 2}, .stride = {1, 1, 2}}, false);
  std::vector<float> y(2), dx(4);
  kernels::max_pool_forward(x.data(), y.data(), s);
  CHECK(y == std::vector<float>{low, 2});
  const std::vector<float> dy{3, 4};
  kernels::max_pool_backward(x.data(), dy.data(), dx.data(), s);
  CHECK(dx == std::vector<float>{3, 0, 0, 4});
}
