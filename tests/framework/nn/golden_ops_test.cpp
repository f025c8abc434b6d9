#include "golden_ops.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "../../../framework/base/error.hpp"
#include "../../../framework/kernels/depthwise_conv2d.hpp"
#include "../../../framework/nn/depthwise_conv2d.hpp"
#include "../../../framework/nn/depthwise_sizes.hpp"
#include "../../../framework/nn/separable_conv2d.hpp"
#include "tensors.hpp"

using namespace keratin;
using namespace keratin::nn;
using namespace keratin::test;

namespace {

/// Keras's results are float64 computed from float32 arguments.
template <class T>
void check_near(const BasicTensor<T>& actual, const GoldenCase& c, const char* name) {
  CAPTURE(name);
  const auto expected = c.read<double>(name);
  const double tolerance = std::is_same_v<T, double> ? 1e-13 : 1e-6;
  CHECK(excess(actual, expected, 10 * tolerance) <= tolerance * std::max(largest(expected), 1e-3));
}

std::vector<Dim> native(const GoldenCase& c) {
  if (c.data_format == "NCHW") return {1, 1, c.dilations[0], c.dilations[1]};
  return {1, c.dilations[0], c.dilations[1], 1};
}

template <class T>
void check_depthwise(const GoldenCase& c) {
  const auto x = c.read<T>("input"), w = c.read<T>("depthwise_kernel"), dy = c.read<T>("dy");
  const auto dilations = native(c);
  const auto sizes = nn::detail::depthwise_sizes(shape_of(x), shape_of(w),
                                                 {c.strides, c.padding, c.data_format, dilations});
  CHECK(nn::detail::output_shape(sizes) == shape_of(dy));
  const bool use_bias = c.has("bias");
  const auto bias = use_bias ? c.read<T>("bias") : BasicTensor<T>();
  auto y = empty_tensor<T>(shape_of(dy));
  kernels::depthwise_conv2d<T>(x.data(), w.data(), use_bias ? bias.data() : nullptr, y.data(),
                               sizes);
  check_near(y, c, "output");
  if (!use_bias) {
    check_near(depthwise_conv2d(x, w, c.strides, c.padding, c.data_format, c.dilations), c,
               "output");
  }
  check_near(depthwise_conv2d_native_backprop_input(shape_of(x), w, dy, c.strides, c.padding,
                                                    c.data_format, dilations),
             c, "dx");
  check_near(depthwise_conv2d_native_backprop_filter(x, shape_of(w), dy, c.strides, c.padding,
                                                     c.data_format, dilations),
             c, "d_depthwise_kernel");
  if (!use_bias) return;
  auto dw = empty_tensor<T>(shape_of(w)), db = empty_tensor<T>(shape_of(bias));
  kernels::depthwise_conv2d_backprop_filter<T>(x.data(), dy.data(), dw.data(), db.data(), sizes);
  check_near(dw, c, "d_depthwise_kernel");
  check_near(db, c, "d_bias");
}

/// The channel of each element of a tensor.
template <class T>
std::size_t channel(const BasicTensor<T>& y, const GoldenCase& c, std::size_t i) {
  const auto& shape = y.shape();
  return c.data_format == "NHWC" ? i % shape[3] : i / (shape[2] * shape[3]) % shape[1];
}

template <class T>
void check_separable(const GoldenCase& c) {
  const auto x = c.read<T>("input"), d = c.read<T>("depthwise_kernel");
  const auto p = c.read<T>("pointwise_kernel");
  auto dy = c.read<T>("dy");
  auto y = separable_conv2d(x, d, p, c.strides, c.padding, c.data_format, c.dilations);
  CHECK(shape_of(y) == shape_of(dy));
  if (c.has("bias")) {
    const auto bias = c.read<T>("bias");
    for (std::size_t i = 0; i < y.size(); ++i) y.data()[i] += bias.data()[channel(y, c, i)];
  }
  if (c.file->string_attribute(c.group, "activation") == "relu") {
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (y.data()[i] > 0) continue;
      y.data()[i] = 0;
      dy.data()[i] = 0;
    }
  }
  check_near(y, c, "output");
  const auto gradients =
      separable_conv2d_backprop(x, d, p, dy, c.strides, c.padding, c.data_format, c.dilations);
  check_near(gradients.input, c, "dx");
  check_near(gradients.depthwise_filter, c, "d_depthwise_kernel");
  check_near(gradients.pointwise_filter, c, "d_pointwise_kernel");
}

/// 0, 1, 2...: what Keras's op tests take for all tensors.
BasicTensor<double> ordinals(const Shape& shape) {
  return generated<double>(shape, [](std::size_t i) { return static_cast<double>(i); });
}

void check_table(bool separable, bool one_dimensional) {
  const std::string op =
      concat(separable ? "separable" : "depthwise", one_dimensional ? "_conv_1d" : "_conv_2d");
  const Dim height = one_dimensional ? 1 : 10, kernel = one_dimensional ? 1 : 2;
  const std::size_t count = for_each_golden("keras_test_tables.h5", op, [&](const GoldenCase& c) {
    const bool nchw = c.data_format == "NCHW";
    // In 1D the image of height 1 has the elements of the sequence, in either format.
    const auto x = ordinals(nchw ? Shape{2, 3, height, 10} : Shape{2, height, 10, 3});
    const auto d = ordinals({kernel, 2, 3, 2}), p = ordinals({1, 1, 6, 12});
    const auto y = separable
                       ? separable_conv2d(x, d, p, c.strides, c.padding, c.data_format, c.dilations)
                       : depthwise_conv2d(x, d, c.strides, c.padding, c.data_format, c.dilations);
    CHECK(y.size() == c.read<double>("output").size());
    check_near(y, c, "output");
  });
  CHECK(count >= (one_dimensional ? 8 : 0));
}

}  // namespace

TEST_CASE_TEMPLATE("depthwise_conv2d: Keras's results and gradients", T, float, double) {
  CHECK(for_each_golden("ops.h5", "depthwise_conv2d", check_depthwise<T>) >= 28);
}

TEST_CASE_TEMPLATE("separable_conv2d: Keras's results and gradients", T, float, double) {
  CHECK(for_each_golden("ops.h5", "separable_conv2d", check_separable<T>) >= 14);
}

TEST_CASE("depthwise_conv2d, separable_conv2d: the tables of Keras's op tests") {
  for (const bool separable : {false, true}) {
    for (const bool one_dimensional : {false, true}) check_table(separable, one_dimensional);
  }
}
