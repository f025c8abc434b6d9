#include "../../../framework/nn/depthwise_conv2d.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../framework/base/json.hpp"
#include "../../support/paths.hpp"
#include "tensors.hpp"

using namespace keratin;
using namespace keratin::nn;
using namespace keratin::test;

namespace {

Json configs() { return Json::parse(std::ifstream(paths::data("tf_depthwise_configs.json"))); }

/// One of TensorFlow's test configurations, in one data format.
struct Case {
  Shape input, filter, output;
  std::vector<Dim> strides, dilations, native_dilations;
  Padding padding;
  std::string data_format;

  Case(const Json& json, bool nchw)
      : input(json["input"].get<Shape>()),
        filter(json["filter"].get<Shape>()),
        output(json["out"].get<Shape>()),
        padding(json["padding"].is_string() ? Padding(json["padding"].get<std::string>())
                                            : explicit_padding(json["padding"], nchw)),
        data_format(nchw ? "NCHW" : "NHWC") {
    const Dim stride = json["stride"];
    strides =
        nchw ? std::vector<Dim>{1, 1, stride, stride} : std::vector<Dim>{1, stride, stride, 1};
    if (!json["dilations"].is_null()) dilations = json["dilations"].get<std::vector<Dim>>();
    const Dim dh = dilations.empty() ? 1 : dilations[0], dw = dilations.empty() ? 1 : dilations[1];
    native_dilations = nchw ? std::vector<Dim>{1, 1, dh, dw} : std::vector<Dim>{1, dh, dw, 1};
  }

  static Padding explicit_padding(const std::vector<std::vector<Dim>>& pairs, bool nchw) {
    if (nchw) return Padding(std::vector<std::vector<Dim>>{{0, 0}, {0, 0}, pairs[0], pairs[1]});
    return Padding(std::vector<std::vector<Dim>>{{0, 0}, pairs[0], pairs[1], {0, 0}});
  }
};

/// What the functions give for a case, in NHWC.
template <class T>
struct Results {
  BasicTensor<T> y, gx, gw;
};

template <class T>
Results<T> results_of(const Case& c, BasicTensor<T> x, const BasicTensor<T>& w, BasicTensor<T> g) {
  const bool nchw = c.data_format == "NCHW";
  if (nchw) x = to_nchw(x);
  if (nchw) g = to_nchw(g);
  Results<T> r;
  r.y = depthwise_conv2d(x, w, c.strides, c.padding, c.data_format, c.dilations);
  CHECK(r.y ==
        depthwise_conv2d_native(x, w, c.strides, c.padding, c.data_format, c.native_dilations));
  r.gx = depthwise_conv2d_native_backprop_input(shape_of(x), w, g, c.strides, c.padding,
                                                c.data_format, c.native_dilations);
  r.gw = depthwise_conv2d_native_backprop_filter(x, c.filter, g, c.strides, c.padding,
                                                 c.data_format, c.native_dilations);
  if (nchw) r.y = to_nhwc(r.y);
  if (nchw) r.gx = to_nhwc(r.gx);
  return r;
}

double sum(const BasicTensor<double>& tensor) {
  return std::accumulate(tensor.data(), tensor.data() + tensor.size(), 0.0);
}

double cosine_sum(const BasicTensor<double>& tensor) {
  double result = 0;
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    result += tensor.data()[i] * std::cos(0.37 * static_cast<double>(i));
  }
  return result;
}

/// A checksum adds up to 1.6 million numbers: `scale` is the largest of them.
void check_sum(double actual, double expected, double scale) {
  CHECK(std::abs(actual - expected) <= 1e-10 * std::max({std::abs(expected), scale, 1.0}));
}

void check_checksums(const Results<double>& r, const Json& json) {
  check_sum(sum(r.y), json["y_sum"], largest(r.y));
  check_sum(cosine_sum(r.y), json["y_cos"], largest(r.y));
  check_sum(sum(r.gx), json["gx_sum"], largest(r.gx));
  check_sum(cosine_sum(r.gx), json["gx_cos"], largest(r.gx));
  check_sum(sum(r.gw), json["gw_sum"], largest(r.gw));
  check_sum(cosine_sum(r.gw), json["gw_cos"], largest(r.gw));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(r.y.data()[i] == doctest::Approx(json["y_first"][i].get<double>()).epsilon(1e-12));
    CHECK(r.y.data()[r.y.size() - 3 + i] ==
          doctest::Approx(json["y_last"][i].get<double>()).epsilon(1e-12));
  }
}

/// TensorFlow's own tolerance for the forward pass.
template <class T>
double forward_tolerance(bool explicit_padding) {
  if (std::is_same_v<T, float>) return explicit_padding ? 1e-5 : 1e-4;
  if (std::is_same_v<T, half>) return 4e-2;
  return explicit_padding ? 2e-2 : 1e-2;
}

/// Another element type: as TensorFlow asks, and no further from the exact result for the rounded
/// arguments than one rounding and sums in float allow.
template <class T>
void check_type(const Case& c, const Results<double>& exact, const BasicTensor<double>& x,
                const BasicTensor<double>& w, const BasicTensor<double>& g) {
  const auto tx = cast<T>(x), tw = cast<T>(w), tg = cast<T>(g);
  const Results<T> r = results_of<T>(c, tx, tw, tg);
  const double tolerance = forward_tolerance<T>(c.padding.is_explicit());
  CHECK(excess(r.y, exact.y, tolerance) <= tolerance);
  const Results<double> rounded =
      results_of<double>(c, cast<double>(tx), cast<double>(tw), cast<double>(tg));
  const double rtol = rounding<T>;
  CHECK(excess(r.y, rounded.y, rtol) <= 1e-6 * largest(rounded.y));
  CHECK(excess(r.gx, rounded.gx, rtol) <= 1e-6 * largest(rounded.gx));
  CHECK(excess(r.gw, rounded.gw, rtol) <= 1e-5 * largest(rounded.gw));
}

void check_table(const char* table, double first) {
  const Json all = configs();
  for (const Json& json : all[table]) {
    for (const bool nchw : {false, true}) {
      const Case c(json, nchw);
      CAPTURE(json["input"].dump());
      CAPTURE(c.data_format);
      const auto ramp = [first](const Shape& shape) {
        auto tensor = empty_tensor<double>(shape);
        const auto n = static_cast<double>(tensor.size());
        for (std::size_t i = 0; i < tensor.size(); ++i) {
          tensor.data()[i] = (static_cast<double>(i) + first) / n;
        }
        return tensor;
      };
      const auto x = ramp(c.input), w = ramp(c.filter);
      const auto g = generated<double>(
          c.output, [](std::size_t i) { return static_cast<double>(i % 17) / 17 - 0.5; });
      const auto exact = results_of<double>(c, x, w, g);
      CHECK(shape_of(exact.y) == c.output);
      check_checksums(exact, json);
      check_type<float>(c, exact, x, w, g);
      check_type<half>(c, exact, x, w, g);
      check_type<bfloat16>(c, exact, x, w, g);
    }
  }
}

}  // namespace

TEST_CASE("depthwise_conv2d: TensorFlow's ConfigsToTest") { check_table("ConfigsToTest", 1); }
TEST_CASE("depthwise_conv2d: TensorFlow's ConfigsToTestExplicit") {
  check_table("ConfigsToTestExplicit", 1);
}
TEST_CASE("depthwise_conv2d: TensorFlow's CheckGradConfigsToTest") {
  check_table("CheckGradConfigsToTest", 0);
}
TEST_CASE("depthwise_conv2d: TensorFlow's CheckGradConfigsToTestExplicit") {
  check_table("CheckGradConfigsToTestExplicit", 0);
}

TEST_CASE_TEMPLATE("depthwise_conv2d: TensorFlow's hand values", T, float, double, half, bfloat16) {
  const auto ordinal = [](std::size_t i) { return static_cast<double>(i + 1); };
  const auto x = generated<T>({1, 2, 3, 2}, ordinal), w = generated<T>({2, 2, 2, 2}, ordinal);
  const auto expected = tensor_of<T>({1, 1, 2, 4}, {196, 216, 272, 296, 252, 280, 344, 376});
  CHECK(depthwise_conv2d(x, w, {1, 1, 1, 1}, "VALID") == expected);
  CHECK(depthwise_conv2d_native(x, w, {1, 1, 1, 1}, "VALID") == expected);
  CHECK(depthwise_conv2d(to_nchw(x), w, {1, 1, 1, 1}, "VALID", "NCHW") == to_nchw(expected));
}

TEST_CASE("depthwise_conv2d: the examples in TensorFlow's documentation") {
  const auto x = tensor_of<float>({1, 3, 2, 1}, {1, 2, 3, 4, 5, 6});
  const auto w = tensor_of<float>({2, 1, 1, 2}, {1, 2, 3, 4});
  CHECK(depthwise_conv2d(x, w, {1, 1, 1, 1}, "VALID") ==
        tensor_of<float>({1, 2, 2, 2}, {10, 14, 14, 20, 18, 26, 22, 32}));
  CHECK(depthwise_conv2d(x, w, {1, 1, 1, 1}, {{0, 0}, {1, 0}, {1, 0}, {0, 0}}) ==
        tensor_of<float>({1, 3, 3, 2},
                         {0, 0, 3, 4, 6, 8, 0, 0, 10, 14, 14, 20, 0, 0, 18, 26, 22, 32}));
}

TEST_CASE("depthwise_conv2d: a single pixel with dilation in NCHW") {
  const auto one = tensor_of<float>({1, 1, 1, 1}, {1});
  CHECK(depthwise_conv2d(one, one, {1, 1, 1, 1}, "VALID", "NCHW", {2, 1}) == one);
}

TEST_CASE_TEMPLATE("depthwise_conv2d: nothing in, nothing out", T, float, double, half, bfloat16) {
  const auto w = noise<T>({3, 2, 4, 2}, 1);
  for (const char* format : {"NHWC", "NCHW"}) {
    const bool nchw = std::string(format) == "NCHW";
    const Shape in = nchw ? Shape{0, 4, 5, 5} : Shape{0, 5, 5, 4};
    const Shape out = nchw ? Shape{0, 8, 3, 4} : Shape{0, 3, 4, 8};
    const auto x = empty_tensor<T>(in);
    const auto y = depthwise_conv2d(x, w, {1, 1, 1, 1}, "VALID", format);
    CHECK(shape_of(y) == out);
    CHECK(shape_of(depthwise_conv2d_native_backprop_input(in, w, y, {1, 1, 1, 1}, "VALID",
                                                          format)) == in);
    const auto gw =
        depthwise_conv2d_native_backprop_filter(x, shape_of(w), y, {1, 1, 1, 1}, "VALID", format);
    CHECK(gw == generated<T>(shape_of(w), [](std::size_t) { return 0; }));
  }
  // An output of no rows: the window is one row too high. Then the gradients are zero.
  const auto x = noise<T>({2, 2, 5, 4}, 2);
  const auto y = depthwise_conv2d(x, w, {1, 1, 1, 1}, "VALID");
  CHECK(shape_of(y) == Shape{2, 0, 4, 8});
  CHECK(largest(depthwise_conv2d_native_backprop_input(shape_of(x), w, y, {1, 1, 1, 1}, "VALID")) ==
        0);
  CHECK(largest(depthwise_conv2d_native_backprop_filter(x, shape_of(w), y, {1, 1, 1, 1},
                                                        "VALID")) == 0);
  // No channels, no multiplier.
  CHECK(shape_of(depthwise_conv2d(empty_tensor<T>({1, 4, 4, 0}), empty_tensor<T>({2, 2, 0, 3}),
                                  {1, 1, 1, 1}, "SAME")) == Shape{1, 4, 4, 0});
  CHECK(shape_of(depthwise_conv2d(noise<T>({1, 4, 4, 2}, 3), empty_tensor<T>({2, 2, 2, 0}),
                                  {1, 1, 1, 1}, "SAME")) == Shape{1, 4, 4, 0});
}
