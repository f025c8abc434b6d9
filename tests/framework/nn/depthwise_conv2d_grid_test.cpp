#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../framework/base/error.hpp"
#include "../../../framework/base/parallel.hpp"
#include "../../../framework/kernels/reference/depthwise_conv2d.hpp"
#include "../../../framework/nn/depthwise_conv2d.hpp"
#include "../../../framework/nn/depthwise_sizes.hpp"
#include "../../../framework/nn/separable_conv2d.hpp"
#include "tensors.hpp"

using namespace keratin;
using namespace keratin::nn;
using namespace keratin::test;

namespace {

using kernels::DepthwiseConv2DSizes;

/// A point of the grid.
struct Point {
  Shape input, filter;
  std::vector<Dim> strides, dilations;
  Padding padding = "SAME";
  std::string data_format;

  bool nchw() const { return data_format == "NCHW"; }
  std::string text() const {
    return concat("input ", input, " filter ", filter, " strides ", strides, " dilations ",
                  dilations, " ", padding.name(), " ", data_format);
  }
};

/// Calls `check` for kernels of 1 to 7 by 1 to 7 with strides and dilations of 1 to 3, equal or
/// not, both paddings and both formats. The other sizes go round as the points are counted, so that
/// all their values meet.
template <class Check>
void for_each_point(const Check& check) {
  std::size_t index = 0;
  const auto next = [&index](Dim count) {
    index = index * 6364136223846793005u + 1442695040888963407u;
    return static_cast<Dim>((index >> 33) % static_cast<std::size_t>(count));
  };
  for (Dim kernel = 0; kernel < 49; ++kernel) {
    for (Dim s = 0; s < 9; ++s) {
      for (Dim d = 0; d < 9; ++d) {
        for (const bool nchw : {false, true}) {
          Point p;
          const Dim kh = kernel / 7 + 1, kw = kernel % 7 + 1;
          const Dim sh = s / 3 + 1, sw = s % 3 + 1, dh = d / 3 + 1, dw = d % 3 + 1;
          const Dim channels = next(3) + 1, multiplier = next(4) + 1,
                    batch = next(8) ? 1 + next(2) : 0;
          p.padding = next(2) ? "SAME" : "VALID";
          Dim height = 1 + next(6), width = 1 + next(6);  // with "SAME" also below the window
          if (p.padding.name() == "VALID") {
            height += (kh - 1) * dh;
            width += (kw - 1) * dw;
          }
          p.filter = {kh, kw, channels, multiplier};
          p.input =
              nchw ? Shape{batch, channels, height, width} : Shape{batch, height, width, channels};
          p.strides = nchw ? std::vector<Dim>{1, 1, sh, sw} : std::vector<Dim>{1, sh, sw, 1};
          p.dilations = nchw ? std::vector<Dim>{1, 1, dh, dw} : std::vector<Dim>{1, dh, dw, 1};
          p.data_format = nchw ? "NCHW" : "NHWC";
          check(p);
        }
      }
    }
  }
}

/// The functions' results at a point, for a gradient of the output made up of noise.
template <class T>
struct Results {
  BasicTensor<T> x, w, g, y, gx, gw;

  explicit Results(const Point& p) : x(noise<T>(p.input, 1)), w(noise<T>(p.filter, 2)) {
    y = depthwise_conv2d_native(x, w, p.strides, p.padding, p.data_format, p.dilations);
    g = noise<T>(shape_of(y), 3);
    gx = depthwise_conv2d_native_backprop_input(p.input, w, g, p.strides, p.padding, p.data_format,
                                                p.dilations);
    gw = depthwise_conv2d_native_backprop_filter(x, p.filter, g, p.strides, p.padding,
                                                 p.data_format, p.dilations);
  }
};

template <class T>
void check_reference(const Point& p) {
  const Results<T> r(p);
  const DepthwiseConv2DSizes sizes = nn::detail::depthwise_sizes(
      p.input, p.filter, {p.strides, p.padding, p.data_format, p.dilations});
  auto y = empty_tensor<T>(shape_of(r.y)), gx = empty_tensor<T>(p.input),
       gw = empty_tensor<T>(p.filter);
  namespace reference = kernels::reference;
  reference::depthwise_conv2d<T>(r.x.data(), r.w.data(), nullptr, y.data(), sizes);
  reference::depthwise_conv2d_backprop_input<T>(r.w.data(), r.g.data(), gx.data(), sizes);
  reference::depthwise_conv2d_backprop_filter<T>(r.x.data(), r.g.data(), gw.data(), nullptr, sizes);
  // At most 150 products of numbers below 1, with sums in float or double; then one rounding, which
  // may fall to either side.
  const double tolerance = std::is_same_v<T, double> ? 1e-14 : 1e-5;
  const double rtol = 2 * rounding<T>;
  CHECK(excess(r.y, y, rtol) <= tolerance);
  CHECK(excess(r.gx, gx, rtol) <= tolerance);
  CHECK(excess(r.gw, gw, rtol) <= tolerance);
}

/// Central differences of sum(y * g) at two elements of each tensor, others at each point.
void check_differences(const Point& p, std::size_t salt) {
  Results<double> r(p);
  const auto check = [&](BasicTensor<double>& variable, const BasicTensor<double>& gradient) {
    for (const std::size_t choice : {salt, salt / 64 + 1}) {
      if (variable.size() == 0) break;
      const std::size_t i = choice % variable.size();
      const double value = variable.data()[i], h = 1e-3;
      const auto loss = [&](double at) {
        variable.data()[i] = at;
        return dot(
            depthwise_conv2d_native(r.x, r.w, p.strides, p.padding, p.data_format, p.dilations),
            r.g);
      };
      const double difference = (loss(value + h) - loss(value - h)) / (2 * h);
      variable.data()[i] = value;
      CHECK(std::abs(difference - gradient.data()[i]) <= 1e-9);
    }
  };
  check(r.x, r.gx);
  check(r.w, r.gw);
  // The output is linear in either argument: both sums are sum(y * g).
  const double sum = dot(r.y, r.g);
  CHECK(std::abs(dot(r.x, r.gx) - sum) <= 1e-10);
  CHECK(std::abs(dot(r.w, r.gw) - sum) <= 1e-10);
}

/// Runs `compute` with 1, 2 and 7 threads and compares the bits of what it returns.
template <class Compute>
void check_same_bits(const Compute& compute) {
  const int threads = num_threads();
  set_num_threads(1);
  const auto one = compute();
  for (const int count : {2, 7}) {
    set_num_threads(count);
    const auto many = compute();
    for (std::size_t t = 0; t < one.size(); ++t) {
      REQUIRE(one[t].size() == many[t].size());
      const std::size_t bytes = one[t].size() * sizeof(*one[t].data());
      CHECK(std::memcmp(one[t].data(), many[t].data(), bytes) == 0);
    }
  }
  set_num_threads(threads);
}

}  // namespace

TEST_CASE("depthwise_conv2d over the grid: central differences") {
  std::size_t salt = 0;
  for_each_point([&salt](const Point& p) {
    CAPTURE(p.text());
    check_differences(p, salt += 37);
  });
}

TEST_CASE_TEMPLATE("depthwise_conv2d over the grid: the reference loops", T, float, double, half,
                   bfloat16) {
  // The slower 16-bit types take every third point.
  const std::size_t step = sizeof(T) == 2 ? 3 : 1;
  std::size_t count = 0;
  for_each_point([&](const Point& p) {
    if (count++ % step != 0) return;
    CAPTURE(p.text());
    check_reference<T>(p);
  });
}

TEST_CASE_TEMPLATE("depthwise_conv2d, separable_conv2d: the same bits on any number of threads", T,
                   float, double, half, bfloat16) {
  for (const bool nchw : {false, true}) {
    const std::string format = nchw ? "NCHW" : "NHWC";
    const std::vector<Dim> ones{1, 1, 1, 1};
    for (const Dim channels : {1, 17, 48}) {
      for (const Dim batch : {1, 5}) {
        const Shape in = nchw ? Shape{batch, channels, 31, 29} : Shape{batch, 31, 29, channels};
        const Shape out =
            nchw ? Shape{batch, 2 * channels, 31, 29} : Shape{batch, 31, 29, 2 * channels};
        const auto x = noise<T>(in, 1), w = noise<T>({5, 3, channels, 2}, 2);
        const auto g = noise<T>(out, 3), p = noise<T>({1, 1, 2 * channels, 2 * channels}, 4);
        check_same_bits([&] {
          const auto gradients = separable_conv2d_backprop(x, w, p, g, ones, "SAME", format);
          return std::vector<BasicTensor<T>>{
              depthwise_conv2d(x, w, ones, "SAME", format),
              depthwise_conv2d_native_backprop_input(in, w, g, ones, "SAME", format),
              depthwise_conv2d_native_backprop_filter(x, shape_of(w), g, ones, "SAME", format),
              separable_conv2d(x, w, p, ones, "SAME", format),
              gradients.input,
              gradients.depthwise_filter,
              gradients.pointwise_filter};
        });
      }
    }
  }
}
