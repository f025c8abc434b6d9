#include "../../../framework/kernels/depthwise_conv2d.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../framework/kernels/simd.hpp"
// After simd.hpp, which says what is compiled.
#include <hwy/targets.h>

#include "../../../framework/base/float16.hpp"
#include "../../../framework/base/parallel.hpp"
#include "../../../framework/base/pool_allocator.hpp"
#include "../../../framework/kernels/reference/depthwise_conv2d.hpp"

using namespace keratin;
using namespace keratin::kernels;

namespace {

using Sizes = DepthwiseConv2DSizes;

std::string text(const Sizes& s) {
  std::string text = s.layout == Layout::nhwc ? "nhwc" : "nchw";
  for (const std::size_t size :
       {s.batch, s.in_height, s.in_width, s.channels, s.multiplier, s.out_height, s.out_width,
        s.kernel_height, s.kernel_width, s.stride_height, s.stride_width, s.dilation_height,
        s.dilation_width, s.pad_top, s.pad_left}) {
    text += " " + std::to_string(size);
  }
  return text;
}

template <class T>
std::vector<T> random_values(std::size_t count, std::uint32_t seed) {
  std::vector<T> values(count);
  for (T& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = T(static_cast<float>(seed >> 8) / 8388608.f - 1.f);
  }
  return values;
}

/// Arguments and results of the three kernels. The results start as NaN, to be overwritten.
template <class T>
struct Arrays {
  explicit Arrays(const Sizes& s)
      : input(random_values<T>(s.batch * s.in_height * s.in_width * s.channels, 1)),
        filter(random_values<T>(s.kernel_height * s.kernel_width * s.channels * s.multiplier, 2)),
        bias(random_values<T>(s.channels * s.multiplier, 3)),
        output_gradient(
            random_values<T>(s.batch * s.out_height * s.out_width * s.channels * s.multiplier, 4)) {
    const T nan(std::numeric_limits<float>::quiet_NaN());
    output.assign(output_gradient.size(), nan);
    input_gradient.assign(input.size(), nan);
    filter_gradient.assign(filter.size(), nan);
    bias_gradient.assign(bias.size(), nan);
  }

  std::vector<T> input, filter, bias, output_gradient;
  std::vector<T> output, input_gradient, filter_gradient, bias_gradient;
};

template <class T>
Arrays<T> fast(const Sizes& s) {
  Arrays<T> a(s);
  depthwise_conv2d(a.input.data(), a.filter.data(), a.bias.data(), a.output.data(), s);
  depthwise_conv2d_backprop_input(a.filter.data(), a.output_gradient.data(),
                                  a.input_gradient.data(), s);
  depthwise_conv2d_backprop_filter(a.input.data(), a.output_gradient.data(),
                                   a.filter_gradient.data(), a.bias_gradient.data(), s);
  return a;
}

template <class T>
Arrays<T> slow(const Sizes& s) {
  Arrays<T> a(s);
  reference::depthwise_conv2d(a.input.data(), a.filter.data(), a.bias.data(), a.output.data(), s);
  reference::depthwise_conv2d_backprop_input(a.filter.data(), a.output_gradient.data(),
                                             a.input_gradient.data(), s);
  reference::depthwise_conv2d_backprop_filter(a.input.data(), a.output_gradient.data(),
                                              a.filter_gradient.data(), a.bias_gradient.data(), s);
  return a;
}

/// Relative to the terms of the sums, which are about 1: they may cancel out.
template <class T>
double tolerance() {
  if (sizeof(T) == 8) return 1e-13;
  return sizeof(T) == 4 ? 1e-5 : std::is_same_v<T, half> ? 1e-3 : 8e-3;
}

template <class T>
bool close(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](T x, T y) {
    const auto expected = static_cast<double>(y);
    return std::abs(static_cast<double>(x) - expected) <=
           tolerance<T>() * std::max(1., std::abs(expected));
  });
}

template <class T>
bool close(const Arrays<T>& a, const Arrays<T>& b) {
  return close(a.output, b.output) && close(a.input_gradient, b.input_gradient) &&
         close(a.filter_gradient, b.filter_gradient) && close(a.bias_gradient, b.bias_gradient);
}

template <class T>
bool identical(const Arrays<T>& a, const Arrays<T>& b) {
  return a.output == b.output && a.input_gradient == b.input_gradient &&
         a.filter_gradient == b.filter_gradient && a.bias_gradient == b.bias_gradient;
}

std::size_t out_size(std::size_t in, std::size_t kernel, std::size_t stride, std::size_t dilation,
                     std::size_t padding) {
  const std::size_t reach = (kernel - 1) * dilation + 1;
  return in + padding < reach ? 0 : (in + padding - reach) / stride + 1;
}

/// Padded by about half of the kernel's reach.
Sizes padded(std::size_t batch, std::size_t height, std::size_t width, std::size_t channels,
             std::size_t multiplier, std::size_t kh, std::size_t kw, std::size_t sh, std::size_t sw,
             std::size_t dh, std::size_t dw, Layout layout) {
  const std::size_t ph = (kh - 1) * dh, pw = (kw - 1) * dw;
  return {batch,
          height,
          width,
          channels,
          multiplier,
          out_size(height, kh, sh, dh, ph),
          out_size(width, kw, sw, dw, pw),
          kh,
          kw,
          sh,
          sw,
          dh,
          dw,
          ph / 2,
          pw / 2,
          layout};
}

/// Runs `body` with each instruction set of this machine.
template <class Body>
void on_every_target(Body body) {
  for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    const std::int64_t target = rest & -rest;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    body(std::string(hwy::TargetName(target)));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

struct Threads {
  explicit Threads(int count) { set_num_threads(count); }
  ~Threads() { set_num_threads(before); }
  int before = num_threads();
};

template <class T>
void check(const Sizes& s) {
  const Arrays<T> expected = slow<T>(s);
  on_every_target([&](const std::string& target) {
    INFO(target, " ", text(s));
    const Arrays<T> result = fast<T>(s);
    CHECK(close(result.output, expected.output));
    CHECK(close(result.input_gradient, expected.input_gradient));
    CHECK(close(result.filter_gradient, expected.filter_gradient));
    CHECK(close(result.bias_gradient, expected.bias_gradient));
  });
}

struct Extent2D {
  std::size_t height, width;
};

}  // namespace

TEST_CASE("depthwise_conv2d and its gradients agree with the reference") {
  const Threads threads(1);  // the cases are small
  const Extent2D kernels[] = {{1, 1}, {3, 3}, {5, 5}, {2, 3}, {7, 7}, {4, 1}};
  const Extent2D steps[] = {{1, 1}, {2, 2}, {1, 3}};
  const Extent2D images[] = {{7, 9}, {8, 11}, {1, 1}, {13, 6}, {5, 16}};
  std::size_t turn = 0;
  for (const std::size_t channels : {1, 3, 8, 17, 64}) {
    for (const std::size_t multiplier : {1, 2, 3, 8}) {
      for (const Extent2D kernel : kernels) {
        for (const Extent2D stride : steps) {
          for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
            for (const Extent2D dilation : {Extent2D{1, 1}, Extent2D{2, 3}}) {
              const Extent2D image = images[turn % std::size(images)];
              check<float>(padded(1 + turn % 3 / 2, image.height, image.width, channels, multiplier,
                                  kernel.height, kernel.width, stride.height, stride.width,
                                  dilation.height, dilation.width, layout));
              ++turn;
            }
          }
        }
      }
    }
  }
}

TEST_CASE("depthwise_conv2d in double and in 16 bits") {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    for (const std::size_t channels : {1, 5, 16}) {
      for (const std::size_t multiplier : {1, 3}) {
        for (const std::size_t stride : {1, 2}) {
          const Sizes s = padded(2, 6, 9, channels, multiplier, 3, 3, stride, stride, 1, 1, layout);
          check<double>(s);
          check<half>(s);
          check<bfloat16>(s);
        }
      }
    }
  }
}

TEST_CASE("depthwise_conv2d with any padding and size") {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    for (const std::size_t channels : {1, 6, 19}) {
      check<float>(padded(2, 9, 13, channels, 1, 3, 3, 1, 1, 2, 2, layout));
      check<float>(padded(1, 12, 21, channels, 1, 7, 7, 1, 1, 1, 1, layout));
      check<float>({2, 5, 4, channels, 2, 9, 10, 3, 2, 1, 1, 1, 1, 6, 7, layout});  // beyond kernel
      check<float>({1, 4, 4, channels, 1, 2, 2, 3, 3, 5, 4, 1, 1, 0, 0, layout});   // gaps
      check<float>({1, 3, 3, channels, 1, 6, 6, 3, 3, 1, 1, 1, 1, 1, 1, layout});   // all beyond
      check<float>({0, 3, 3, channels, 1, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, layout});   // no image
      check<float>({2, 2, 2, channels, 1, 0, 0, 3, 3, 1, 1, 1, 1, 0, 0, layout});   // no output
      check<float>({1, 0, 0, channels, 1, 2, 2, 3, 3, 1, 1, 1, 1, 2, 2, layout});   // padding only
      check<float>({1, 3, 3, channels, 0, 1, 1, 3, 3, 1, 1, 1, 1, 0, 0, layout});   // no filter
      check<float>({1, 3, 3, channels, 2, 3, 3, 0, 0, 1, 1, 1, 1, 0, 0, layout});   // no tap
    }
  }
}

TEST_CASE("depthwise_conv2d gives the same bits with any number of threads") {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    for (const std::size_t batch : {1, 5}) {
      for (const std::size_t multiplier : {1, 2}) {
        for (const std::size_t stride : {1, 2}) {
          const Sizes s = padded(batch, 37, 35, 32, multiplier, 3, 3, stride, stride, 1, 1, layout);
          Threads threads(1);
          const Arrays<float> expected = fast<float>(s);
          CHECK(close(fast<double>(s), slow<double>(s)));
          for (const int count : {2, 7}) {
            set_num_threads(count);
            CHECK(identical(fast<float>(s), expected));
          }
        }
      }
    }
  }
}

TEST_CASE("depthwise_conv2d clamps its results") {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    for (const std::size_t channels : {1, 2, 24}) {
      const Sizes s = padded(1, 6, 7, channels, 1, 3, 3, 1, 1, 1, 1, layout);
      Arrays<float> a = slow<float>(s);
      for (float& y : a.output) y = std::min(std::max(y, 0.f), 1.f);
      on_every_target([&](const std::string& target) {
        INFO(target, " ", text(s));
        Arrays<float> b(s);
        depthwise_conv2d(b.input.data(), b.filter.data(), b.bias.data(), b.output.data(), s,
                         {.lower = 0, .upper = 1});
        CHECK(close(b.output, a.output));
        b.input[0] = std::numeric_limits<float>::quiet_NaN();
        depthwise_conv2d<float>(b.input.data(), b.filter.data(), nullptr, b.output.data(), s, {0});
        CHECK(std::isnan(b.output[0]));
      });
    }
  }
}

TEST_CASE("depthwise_conv2d of an image that the caches don't hold") {
  const Sizes s = padded(1, 256, 260, 64, 1, 3, 3, 1, 1, 1, 1, Layout::nhwc);
  Arrays<float> a(s);
  reference::depthwise_conv2d(a.input.data(), a.filter.data(), a.bias.data(), a.output.data(), s);
  const std::vector<float, PoolAllocator<float>> empty(a.output.size());
  on_every_target([&](const std::string& target) {
    INFO(target);
    std::vector<float, PoolAllocator<float>> output = empty;  // aligned, as a tensor is
    depthwise_conv2d(a.input.data(), a.filter.data(), a.bias.data(), output.data(), s);
    CHECK(close(std::vector<float>(output.begin(), output.end()), a.output));
  });
}
