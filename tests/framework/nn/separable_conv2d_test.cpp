#include "../../../framework/nn/separable_conv2d.hpp"

#include <cmath>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/base/error.hpp"
#include "../../../framework/base/json.hpp"
#include "../../../framework/nn/depthwise_conv2d.hpp"
#include "../../support/paths.hpp"
#include "tensors.hpp"

using namespace keratin;
using namespace keratin::nn;
using namespace keratin::test;

namespace {

/// 0.5, 1, 1.5, ...: what TensorFlow's tests of separable_conv2d take.
template <class T>
BasicTensor<T> halves(const Shape& shape) {
  return generated<T>(shape, [](std::size_t i) { return 0.5 * static_cast<double>(i + 1); });
}

template <class T>
BasicTensor<T> hand_values(const char* name, const Shape& shape) {
  const Json all = Json::parse(std::ifstream(paths::data("tf_depthwise_configs.json")));
  return tensor_of<T>(shape, all["hand"][name].get<std::vector<double>>());
}

}  // namespace

TEST_CASE_TEMPLATE("separable_conv2d: TensorFlow's hand values", T, float, double, half, bfloat16) {
  const auto x = halves<T>({1, 4, 4, 2}), depthwise = halves<T>({2, 2, 2, 3});
  // The sums have 14 bits: they are exact in float and double.
  const double rtol = std::is_same_v<T, half> || std::is_same_v<T, bfloat16> ? 2 * rounding<T> : 0;
  for (const Dim filters : {6, 7}) {
    const auto pointwise = halves<T>({1, 1, 6, filters});
    const auto expected =
        hand_values<T>(filters == 6 ? "separable_6" : "separable_7", {1, 4, 4, filters});
    CHECK(excess(separable_conv2d(x, depthwise, pointwise, {1, 1, 1, 1}, "SAME"), expected, rtol) <=
          0);
    CHECK(excess(separable_conv2d(to_nchw(x), depthwise, pointwise, {1, 1, 1, 1}, "SAME", "NCHW"),
                 to_nchw(expected), rtol) <= 0);
  }
  const auto pointwise = halves<T>({1, 1, 6, 7});
  const auto expected = hand_values<T>("separable_explicit", {1, 6, 10, 7});
  CHECK(excess(separable_conv2d(x, depthwise, pointwise, {1, 1, 1, 1},
                                {{0, 0}, {1, 2}, {3, 4}, {0, 0}}),
               expected, rtol) <= 0);
  CHECK(excess(separable_conv2d(to_nchw(x), depthwise, pointwise, {1, 1, 1, 1},
                                {{0, 0}, {0, 0}, {1, 2}, {3, 4}}, "NCHW"),
               to_nchw(expected), rtol) <= 0);
}

TEST_CASE("separable_conv2d: output shapes of TensorFlow's patch tests") {
  const auto shape = [](const Shape& x, const Shape& d, const Shape& p, Dim stride) {
    return shape_of(separable_conv2d(noise<float>(x, 1), noise<float>(d, 2), noise<float>(p, 3),
                                     {1, stride, stride, 1}, "SAME"));
  };
  CHECK(shape({1, 5, 5, 3}, {3, 3, 3, 1}, {1, 1, 3, 2}, 1) == Shape{1, 5, 5, 2});
  CHECK(shape({2, 7, 7, 2}, {3, 3, 2, 1}, {1, 1, 2, 4}, 2) == Shape{2, 4, 4, 4});
}

TEST_CASE("separable_conv2d is a depthwise convolution and a product at every pixel") {
  const auto x = noise<double>({2, 7, 6, 3}, 1), d = noise<double>({3, 2, 3, 2}, 2);
  const auto p = noise<double>({1, 1, 6, 5}, 3);
  const auto between = depthwise_conv2d(x, d, {1, 2, 1, 1}, "SAME", "NHWC", {1, 2});
  const auto y = separable_conv2d(x, d, p, {1, 2, 1, 1}, "SAME", "NHWC", {1, 2});
  REQUIRE(shape_of(y) == Shape{2, 4, 6, 5});
  const auto expected = generated<double>(shape_of(y), [&](std::size_t i) {
    double sum = 0;
    for (std::size_t r = 0; r < 6; ++r) {
      sum += between.data()[i / 5 * 6 + r] * p.data()[r * 5 + i % 5];
    }
    return sum;
  });
  CHECK(excess(y, expected, 1e-13) <= 1e-14);
}

TEST_CASE("separable_conv2d_backprop: central differences") {
  for (const bool nchw : {false, true}) {
    const std::string format = nchw ? "NCHW" : "NHWC";
    const std::vector<Dim> strides =
        nchw ? std::vector<Dim>{1, 1, 2, 1} : std::vector<Dim>{1, 2, 1, 1};
    auto x = noise<double>(nchw ? Shape{2, 2, 5, 4} : Shape{2, 5, 4, 2}, 1);
    auto d = noise<double>({3, 2, 2, 2}, 2), p = noise<double>({1, 1, 4, 3}, 3);
    const auto run = [&] { return separable_conv2d(x, d, p, strides, "SAME", format, {1, 2}); };
    const auto g = noise<double>(shape_of(run()), 4);
    const auto gradients = separable_conv2d_backprop(x, d, p, g, strides, "SAME", format, {1, 2});
    const auto check = [&](BasicTensor<double>& variable, const BasicTensor<double>& gradient) {
      CHECK(shape_of(gradient) == shape_of(variable));
      for (std::size_t i = 0; i < variable.size(); ++i) {
        const double value = variable.data()[i], step = 1e-3;
        variable.data()[i] = value + step;
        const double above = dot(run(), g);
        variable.data()[i] = value - step;
        const double below = dot(run(), g);
        variable.data()[i] = value;
        CHECK(std::abs((above - below) / (2 * step) - gradient.data()[i]) <= 1e-9);
      }
    };
    check(x, gradients.input);
    check(d, gradients.depthwise_filter);
    check(p, gradients.pointwise_filter);
  }
}

TEST_CASE_TEMPLATE("separable_conv2d: an empty batch", T, float, double, half, bfloat16) {
  const auto d = noise<T>({3, 2, 2, 2}, 2), p = noise<T>({1, 1, 4, 3}, 3);
  for (const std::string format : {"NHWC", "NCHW"}) {
    const auto x = empty_tensor<T>(format == "NCHW" ? Shape{0, 2, 5, 4} : Shape{0, 5, 4, 2});
    const auto y = separable_conv2d(x, d, p, {1, 1, 1, 1}, "SAME", format);
    CHECK(shape_of(y) == (format == "NCHW" ? Shape{0, 3, 5, 4} : Shape{0, 5, 4, 3}));
    const auto gradients = separable_conv2d_backprop(x, d, p, y, {1, 1, 1, 1}, "SAME", format);
    CHECK(shape_of(gradients.input) == shape_of(x));
    CHECK(largest(gradients.depthwise_filter) == 0);
    CHECK(largest(gradients.pointwise_filter) == 0);
  }
}

TEST_CASE("separable_conv2d: what is refused") {
  const auto x = noise<float>({1, 4, 4, 2}, 1), d = noise<float>({2, 2, 2, 3}, 2);
  const auto run = [&](const Shape& pointwise) {
    return separable_conv2d(x, d, noise<float>(pointwise, 3), {1, 1, 1, 1}, "SAME");
  };
  CHECK_THROWS_WITH_AS(run({6, 7}), "Shape (6, 7) must have rank 4", ShapeError);
  CHECK_THROWS_WITH_AS(run({2, 1, 6, 7}), "Dimensions 2 and 1 are not compatible", ShapeError);
  CHECK_THROWS_WITH_AS(run({1, 3, 6, 7}), "Dimensions 3 and 1 are not compatible", ShapeError);
  CHECK_THROWS_WITH_AS(run({1, 1, 3, 7}),
                       "`pointwise_filter` must have as many input channels as the depthwise "
                       "convolution has outputs: 3 vs 6",
                       ShapeError);
  const auto p = noise<float>({1, 1, 6, 2}, 3);
  CHECK(shape_of(run({1, 1, 6, 2})) == Shape{1, 4, 4, 2});
  CHECK_THROWS_WITH_AS(separable_conv2d(x, d, p, {1, 2, 2}, "SAME"),
                       "Sliding window strides field must specify 4 dimensions", ValueError);
  CHECK_THROWS_WITH_AS(separable_conv2d(x, d, p, {1, 1, 1, 1}, "SAME", "NHWC", {0, 1}),
                       "`dilation_rate` must be positive. Received: dilation_rate=[0 1]",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      separable_conv2d_backprop(x, d, p, noise<float>({1, 4, 3, 2}, 4), {1, 1, 1, 1}, "SAME"),
      "`out_backprop` must have the shape of separable_conv2d's output, (1, 4, 4, 2). Received: "
      "out_backprop.shape=(1, 4, 3, 2)",
      ShapeError);
}
