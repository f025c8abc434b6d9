#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "../../../framework/base/error.hpp"
#include "../../../framework/nn/depthwise_conv2d.hpp"
#include "tensors.hpp"

using namespace keratin;
using namespace keratin::nn;
using namespace keratin::test;

namespace {

using Dims = std::vector<Dim>;

const Dims ones{1, 1, 1, 1};

/// Everything a call of the three native functions is given, right as it stands.
struct Call {
  Shape input{1, 8, 8, 3}, filter{3, 3, 3, 2}, output{1, 6, 6, 6};
  Dims strides = ones;
  Padding padding = "VALID";
  std::string data_format = "NHWC";
  Dims dilations = ones;

  void forward() const {
    depthwise_conv2d_native(empty_tensor<float>(input), empty_tensor<float>(filter), strides,
                            padding, data_format, dilations);
  }
  void backprop_input() const {
    depthwise_conv2d_native_backprop_input(input, empty_tensor<float>(filter),
                                           empty_tensor<float>(output), strides, padding,
                                           data_format, dilations);
  }
  void backprop_filter() const {
    depthwise_conv2d_native_backprop_filter(empty_tensor<float>(input), filter,
                                            empty_tensor<float>(output), strides, padding,
                                            data_format, dilations);
  }
};

/// All three functions refuse the call with the same words.
template <class Exception>
void check_refused(const Call& call, const char* message) {
  CHECK_THROWS_WITH_AS(call.forward(), message, Exception);
  CHECK_THROWS_WITH_AS(call.backprop_input(), message, Exception);
  CHECK_THROWS_WITH_AS(call.backprop_filter(), message, Exception);
}

/// Both gradient functions refuse the call, each under its label.
void check_gradients_refused(const Call& call, const std::string& message) {
  const std::string input = "DepthwiseConv2DBackpropInput: " + message;
  const std::string filter = "DepthwiseConv2DBackpropFilter: " + message;
  CHECK_THROWS_WITH_AS(call.backprop_input(), input.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(call.backprop_filter(), filter.c_str(), ShapeError);
}

}  // namespace

TEST_CASE("depthwise_conv2d_native: strides, dilations and formats that are refused") {
  check_refused<ValueError>({.data_format = "NHCW"}, "Invalid data format");
  check_refused<ValueError>({.strides = {1, 1, 1}},
                            "Sliding window strides field must specify 4 dimensions");
  const char* batch_or_depth =
      "Current implementation does not yet support strides in the batch and depth dimensions.";
  check_refused<ValueError>({.strides = {2, 1, 1, 1}}, batch_or_depth);
  check_refused<ValueError>({.strides = {1, 1, 1, 2}}, batch_or_depth);
  check_refused<ValueError>({.strides = {1, 2, 1, 1}, .data_format = "NCHW"}, batch_or_depth);
  check_refused<ValueError>({.strides = {1, -2, 1, 1}}, "Stride must be > 0, but got -2");
  check_refused<ValueError>({.strides = {1, 1, 0, 1}}, "Stride must be > 0, but got 0");
  check_refused<ValueError>({.strides = {1, 2147483648, 1, 1}},
                            "Attr strides has value 2147483648 out of range for an int32");
  check_refused<ValueError>({.dilations = {1, 1, -2147483649, 1}},
                            "Attr dilations has value -2147483649 out of range for an int32");
  check_refused<ValueError>(
      {.dilations = {1, 1}},
      "DepthwiseConv2D requires the dilations attribute to contain 4 values, but got: 2");
  check_refused<ValueError>(
      {.dilations = {2, 1, 1, 1}},
      "Current implementation does not yet support dilations in the batch and depth dimensions.");
  check_refused<ValueError>({.dilations = {1, 0, 1, 1}}, "Dilation rate must be >= 1, but got 0");
}

TEST_CASE("depthwise_conv2d_native: padding that is refused") {
  check_refused<ValueError>({.padding = "EXPLICIT"},
                            "'EXPLICIT' is not a valid value for `padding`. To use explicit "
                            "padding, `padding` must be a list.");
  check_refused<ValueError>({.padding = "same"},
                            "`padding` must be one of 'SAME' or 'VALID'. Received: padding=same");
  check_refused<ValueError>({.padding = {{0, 0}, {1, 1}, {0, 0}}},
                            "When padding is a list, it must be of size 4. Received: "
                            "padding=[[0, 0], [1, 1], [0, 0]] of size 3");
  check_refused<ValueError>(
      {.padding = {{0, 0}, {1, 1}, {0, 0, 2}, {0, 0}}},
      "When `padding` is a list, each element of `padding` must be a list/tuple of size 2. "
      "Received: padding=[[0, 0], [1, 1], [0, 0, 2], [0, 0]] with element at index 2 of size 3");
  check_refused<ValueError>({.padding = {{0, 0}, {1, -1}, {0, 0}, {0, 0}}},
                            "All elements of explicit_paddings must be nonnegative");
  const char* batch_or_depth =
      "Nonzero explicit padding in the batch or depth dimensions is not supported";
  check_refused<ValueError>({.padding = {{1, 0}, {0, 0}, {0, 0}, {0, 0}}}, batch_or_depth);
  check_refused<ValueError>({.padding = {{0, 0}, {0, 0}, {0, 0}, {0, 1}}}, batch_or_depth);
  check_refused<ValueError>({.padding = {{0, 0}, {1, 0}, {0, 0}, {0, 0}}, .data_format = "NCHW"},
                            batch_or_depth);
  check_refused<ValueError>(
      {.padding = {{0, 0}, {2147483648, 0}, {0, 0}, {0, 0}}},
      "Attr explicit_paddings has value 2147483648 out of range for an int32");
}

TEST_CASE("depthwise_conv2d_native: tensors that are refused") {
  const auto forward = [](Call call) { return [call] { call.forward(); }; };
  CHECK_THROWS_WITH_AS(forward({.input = {8, 8, 3}})(), "input must be 4-dimensional[8,8,3]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(forward({.filter = {3, 3, 3}})(), "filter must be 4-dimensional: [3,3,3]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(forward({.filter = {3, 3, 4, 2}})(),
                       "input and filter must have the same depth: 3 vs 4", ShapeError);
  CHECK_THROWS_WITH_AS(forward({.data_format = "NCHW"})(),
                       "input and filter must have the same depth: 8 vs 3", ShapeError);
  CHECK_THROWS_WITH_AS(forward({.input = {0, 2147483647, 8, 3}})(), "Input rows too large",
                       ShapeError);
  CHECK_THROWS_WITH_AS(forward({.input = {0, 8, 2147483647, 3}})(), "Input cols too large",
                       ShapeError);
  CHECK_THROWS_WITH_AS(forward({.filter = {2147483647, 3, 3, 0}})(), "Filter rows too large",
                       ShapeError);
  CHECK_THROWS_WITH_AS(forward({.filter = {3, 2147483647, 3, 0}})(), "Filter cols too large",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      forward({.padding = {{0, 0}, {2147483647, 2147483647}, {2147483647, 2147483647}, {0, 0}}})(),
      "Output too large: [1,4294967300,4294967300,6]", ShapeError);
}

TEST_CASE("depthwise_conv2d_native: a window that does not fit") {
  check_refused<ShapeError>({.filter = {10, 3, 3, 2}},
                            "Computed output size would be negative: -1 [input_size: 8, "
                            "effective_filter_size: 10, stride: 1]");
  check_refused<ShapeError>({.dilations = {1, 1, 5, 1}},
                            "Computed output size would be negative: -2 [input_size: 8, "
                            "effective_filter_size: 11, stride: 1]");
  // One too many fits no window and gives an empty output; "SAME" always fits.
  Call{.filter = {9, 3, 3, 2}}.forward();
  Call{.filter = {10, 3, 3, 2}, .padding = "SAME"}.forward();
}

TEST_CASE("depthwise_conv2d_native: checks are made in TensorFlow's order") {
  const Call all_wrong{.input = {8, 8},
                       .filter = {3},
                       .output = {1},
                       .strides = {2, 1},
                       .padding = "valid",
                       .data_format = "?",
                       .dilations = {}};
  Call call = all_wrong;
  check_refused<ValueError>(call,
                            "`padding` must be one of 'SAME' or 'VALID'. Received: padding=valid");
  call.padding = {{0, 0}, {0, 0}, {0, 0}, {0, 1}};
  CHECK_THROWS_WITH_AS(call.forward(), "Invalid data format", ValueError);
  const char* four = "Sliding window strides field must specify 4 dimensions";
  CHECK_THROWS_WITH_AS(call.backprop_input(), four, ValueError);
  CHECK_THROWS_WITH_AS(call.backprop_filter(), four, ValueError);
  call.data_format = "NHWC";
  check_refused<ValueError>(call, four);
  call.strides = {2, 1, 1, 1};
  check_refused<ValueError>(
      call,
      "Current implementation does not yet support strides in the batch and depth dimensions.");
  call.strides = {1, -1, 1, 1};
  check_refused<ValueError>(
      call, "Nonzero explicit padding in the batch or depth dimensions is not supported");
  call.padding = "VALID";
  call.dilations = {1, -1, 1, 1};
  CHECK_THROWS_WITH_AS(call.forward(), "input must be 4-dimensional[8,8]", ShapeError);
  check_gradients_refused(call, "input must be 4-dimensional");
  call.input = {1, 8, 8, 2};
  CHECK_THROWS_WITH_AS(call.forward(), "filter must be 4-dimensional: [3]", ShapeError);
  check_gradients_refused(call, "filter must be 4-dimensional");
  call.filter = {9, 3, 3, 2};
  CHECK_THROWS_WITH_AS(call.forward(), "input and filter must have the same depth: 2 vs 3",
                       ShapeError);
  call.filter = {10, 3, 2, 2};
  call.output = {1, 0, 6, 4};
  check_refused<ValueError>(call, "Stride must be > 0, but got -1");
  call.strides = ones;
  check_refused<ValueError>(call, "Dilation rate must be >= 1, but got -1");
}

TEST_CASE("depthwise_conv2d_native's gradients: shapes that are refused") {
  check_gradients_refused({.output = {6, 6, 6}}, "out_backprop must be 4-dimensional");
  check_gradients_refused({.output = {2, 6, 6, 6}},
                          "input and out_backprop must have the same batch size");
  check_gradients_refused({.input = {1, 8, 8, 2}}, "input and filter must have the same in_depth");
  check_gradients_refused({.output = {1, 6, 6, 5}},
                          "depth_multiplier * in_depth not equal to out_depth");
  check_gradients_refused(
      {.output = {1, 7, 6, 6}},
      "Number of rows of out_backprop doesn't match computed: actual = 7, computed = 6");
  check_gradients_refused(
      {.output = {1, 6, 3, 6}},
      "Number of cols of out_backprop doesn't match computed: actual = 3, computed = 6");
  CHECK_THROWS_WITH_AS((Call{.input = {1, 8, -8, 3}}.backprop_input()),
                       "Dimension 2 of input_sizes must be >= 0", ValueError);
  CHECK_THROWS_WITH_AS((Call{.filter = {-3, 3, 3, 2}}.backprop_filter()),
                       "Dimension 0 of filter_sizes must be >= 0", ValueError);
  CHECK_THROWS_WITH_AS((Call{.input = {0, 2147483647, 8, 3}}.backprop_input()),
                       "DepthwiseConv2DBackpropInput: input and out_backprop must have the same "
                       "batch size",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      (Call{.input = {0, 2147483647, 8, 3}, .output = {0, 6, 6, 6}}.backprop_input()),
      "Input rows too large", ShapeError);
}

TEST_CASE("depthwise_conv2d: dilations that are refused") {
  const auto run = [](const Shape& input, const Dims& dilations) {
    depthwise_conv2d(empty_tensor<float>(input), empty_tensor<float>({2, 2, 3, 1}), ones, "VALID",
                     "NHWC", dilations);
  };
  CHECK_THROWS_WITH_AS(run({1, 8, 8, 3}, {1, 1, 1}),
                       "`dilations` must have length 2. Received: dilations=[1, 1, 1]", ValueError);
  CHECK_THROWS_WITH_AS(run({8, 3}, {1, 1}),
                       "`input.shape.rank` must be at least 3. Received: input.shape=(8, 3) with "
                       "rank 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(run({1, 8, 8, 3}, {0, 1}),
                       "`dilation_rate` must be positive. Received: dilation_rate=[0 1]",
                       ValueError);
  CHECK_THROWS_WITH_AS(run({1, 8, 8, 3}, {-1, 2}),
                       "`dilation_rate` must be positive. Received: dilation_rate=[-1  2]",
                       ValueError);
  CHECK_THROWS_WITH_AS(run({8, 8, 3}, {2, 2}), "input must be 4-dimensional[8,8,3]", ShapeError);
}
