#include "depthwise_sizes.hpp"

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>

#include "../base/error.hpp"
#include "conv_geometry.hpp"

namespace keratin::nn::detail {

namespace {

using kernels::DepthwiseConv2DSizes;
using kernels::Layout;

constexpr Dim int32_max = std::numeric_limits<std::int32_t>::max();
constexpr Dim int32_min = std::numeric_limits<std::int32_t>::min();

std::string joined(const std::vector<Dim>& values, const char* separator) {
  std::ostringstream out;
  for (std::size_t i = 0; i < values.size(); ++i) out << (i ? separator : "") << values[i];
  return out.str();
}

/// "[2, 3]", as Python prints a list.
std::string list_text(const std::vector<Dim>& values) { return "[" + joined(values, ", ") + "]"; }

/// "[2,3]", as TensorFlow's kernels print a shape.
std::string shape_text(const Shape& shape) { return "[" + joined(shape, ",") + "]"; }

/// "[-1  2]", as NumPy prints an array.
std::string array_text(const std::vector<Dim>& values) {
  std::size_t width = 0;
  for (Dim value : values) width = std::max(width, std::to_string(value).size());
  std::string text;
  for (Dim value : values) {
    const std::string digits = std::to_string(value);
    text += (text.empty() ? "" : " ") + std::string(width - digits.size(), ' ') + digits;
  }
  return "[" + text + "]";
}

std::string padding_text(const Padding& padding) {
  std::string text;
  for (const auto& pair : padding.pairs()) text += (text.empty() ? "" : ", ") + list_text(pair);
  return "[" + text + "]";
}

struct Axes {
  std::size_t channels, height, width;
};

Axes axes_of(Layout layout) { return layout == Layout::nhwc ? Axes{3, 1, 2} : Axes{1, 2, 3}; }

Layout layout_of(std::string_view data_format) {
  if (data_format == "NHWC") return Layout::nhwc;
  if (data_format == "NCHW") return Layout::nchw;
  throw ValueError("Invalid data format");
}

void check_padding_form(const Padding& padding) {
  if (!padding.is_explicit()) {
    if (padding.name() == "EXPLICIT") {
      throw ValueError(
          "'EXPLICIT' is not a valid value for `padding`. To use explicit padding, `padding` must "
          "be a list.");
    }
    if (padding.name() != "SAME" && padding.name() != "VALID") {
      throw ValueError("`padding` must be one of 'SAME' or 'VALID'. Received: padding=" +
                       padding.name());
    }
    return;
  }
  const auto& pairs = padding.pairs();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].size() != 2) {
      throw ValueError(concat(
          "When `padding` is a list, each element of `padding` must be a list/tuple of size 2. "
          "Received: padding=",
          padding_text(padding), " with element at index ", i, " of size ", pairs[i].size()));
    }
  }
  if (pairs.size() != 4) {
    throw ValueError(concat("When padding is a list, it must be of size 4. Received: padding=",
                            padding_text(padding), " of size ", pairs.size()));
  }
}

/// TensorFlow keeps these numbers in 32 bits.
void check_range(const char* name, const std::vector<Dim>& values) {
  for (Dim value : values) {
    if (value < int32_min || value > int32_max) {
      throw ValueError(concat("Attr ", name, " has value ", value, " out of range for an int32"));
    }
  }
}

void check_explicit_padding(const Padding& padding, Layout layout) {
  if (!padding.is_explicit()) return;
  const auto& pairs = padding.pairs();
  for (const auto& pair : pairs) {
    if (pair[0] < 0 || pair[1] < 0) {
      throw ValueError("All elements of explicit_paddings must be nonnegative");
    }
  }
  for (std::size_t axis : {std::size_t{0}, axes_of(layout).channels}) {
    if (pairs[axis][0] != 0 || pairs[axis][1] != 0) {
      throw ValueError(
          "Nonzero explicit padding in the batch or depth dimensions is not supported");
    }
  }
  for (const auto& pair : pairs) check_range("explicit_paddings", pair);
}

/// What does not depend on the tensors: the checks made when TensorFlow constructs a kernel.
/// Returns the layout.
Layout check_arguments(const DepthwiseArguments& arguments, bool gradient) {
  const auto& [strides, padding, data_format, dilations] = arguments;
  check_padding_form(padding);
  check_range("strides", strides);
  check_range("dilations", dilations);
  const auto check_strides = [&strides = strides] {
    if (strides.size() != 4) {
      throw ValueError("Sliding window strides field must specify 4 dimensions");
    }
  };
  if (gradient) check_strides();  // The gradient ops look at the strides first.
  const Layout layout = layout_of(data_format);
  check_strides();
  const std::size_t channels = axes_of(layout).channels;
  if (strides[0] != 1 || strides[channels] != 1) {
    throw ValueError(
        "Current implementation does not yet support strides in the batch and depth dimensions.");
  }
  check_explicit_padding(padding, layout);
  if (dilations.size() != 4) {
    throw ValueError(
        concat("DepthwiseConv2D requires the dilations attribute to contain 4 values, but got: ",
               dilations.size()));
  }
  if (dilations[0] != 1 || dilations[channels] != 1) {
    throw ValueError(
        "Current implementation does not yet support dilations in the batch and depth "
        "dimensions.");
  }
  return layout;
}

void check_extent(Dim extent, const char* what) {
  if (extent >= int32_max) throw ShapeError(concat(what, " too large"));
}

struct Windowed {
  Dim output, pad_before;
};

Windowed windowed(Dim input, Dim kernel, std::size_t axis, const DepthwiseArguments& arguments) {
  const Dim stride = arguments.strides[axis], dilation = arguments.dilations[axis];
  if (stride <= 0) throw ValueError(concat("Stride must be > 0, but got ", stride));
  if (dilation < 1) throw ValueError(concat("Dilation rate must be >= 1, but got ", dilation));
  std::array<Dim, 2> pads{};
  if (arguments.padding.is_explicit()) {
    const auto& pair = arguments.padding.pairs()[axis];
    pads = {pair[0], pair[1]};
  } else if (arguments.padding.name() == "SAME") {
    pads = window_pads(input, kernel, WindowPadding::same, stride, dilation);
  }
  const Dim output = arguments.padding.name() == "SAME"
                         ? conv_output_length(input, kernel, WindowPadding::same, stride, dilation)
                         : conv_output_length(input, kernel, pads, stride, dilation);
  if (output < 0) {
    throw ShapeError(concat(
        "Computed output size would be negative: ", output, " [input_size: ", input,
        ", effective_filter_size: ", dilated_length(kernel, dilation), ", stride: ", stride, "]"));
  }
  return {output, pads[0]};
}

/// An allocation's size must not wrap around.
void check_elements(const Shape& shape) {
  std::size_t count = 1;
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
  for (Dim dim : shape) {
    if (__builtin_mul_overflow(count, static_cast<std::size_t>(dim), &count)) {
      throw ShapeError("Output too large: " + shape_text(shape));
    }
  }
}

DepthwiseConv2DSizes make_sizes(const Shape& input, const Shape& filter, Layout layout,
                                const DepthwiseArguments& arguments) {
  const Axes axes = axes_of(layout);
  check_extent(filter[0], "Filter rows");
  check_extent(filter[1], "Filter cols");
  const Windowed rows = windowed(input[axes.height], filter[0], axes.height, arguments);
  const Windowed columns = windowed(input[axes.width], filter[1], axes.width, arguments);
  const auto size = [](Dim dim) { return static_cast<std::size_t>(dim); };
  return {.batch = size(input[0]),
          .in_height = size(input[axes.height]),
          .in_width = size(input[axes.width]),
          .channels = size(filter[2]),
          .multiplier = size(filter[3]),
          .out_height = size(rows.output),
          .out_width = size(columns.output),
          .kernel_height = size(filter[0]),
          .kernel_width = size(filter[1]),
          .stride_height = size(arguments.strides[axes.height]),
          .stride_width = size(arguments.strides[axes.width]),
          .dilation_height = size(arguments.dilations[axes.height]),
          .dilation_width = size(arguments.dilations[axes.width]),
          .pad_top = size(rows.pad_before),
          .pad_left = size(columns.pad_before),
          .layout = layout};
}

/// Throws ValueError if a number in `sizes`, the argument called `name`, is negative.
void check_sizes(const Shape& sizes, const char* name) {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0) throw ValueError(concat("Dimension ", i, " of ", name, " must be >= 0"));
  }
}

/// Throws ShapeError with `label` and `message` unless `condition`.
void require(bool condition, const char* label, const char* message) {
  if (!condition) throw ShapeError(concat(label, ": ", message));
}

}  // namespace

std::vector<Dim> native_dilations(const Shape& input, const std::vector<Dim>& dilations,
                                  std::string_view data_format) {
  if (dilations.empty()) return {1, 1, 1, 1};
  if (dilations.size() != 2) {
    throw ValueError("`dilations` must have length 2. Received: dilations=" + list_text(dilations));
  }
  if (input.size() < 3) {
    throw ShapeError(concat("`input.shape.rank` must be at least 3. Received: input.shape=", input,
                            " with rank ", input.size()));
  }
  if (dilations[0] < 1 || dilations[1] < 1) {
    throw ValueError("`dilation_rate` must be positive. Received: dilation_rate=" +
                     array_text(dilations));
  }
  if (data_format == "NCHW") return {1, 1, dilations[0], dilations[1]};
  return {1, dilations[0], dilations[1], 1};
}

DepthwiseConv2DSizes depthwise_sizes(const Shape& input, const Shape& filter,
                                     const DepthwiseArguments& arguments) {
  const Layout layout = check_arguments(arguments, false);
  if (input.size() != 4) throw ShapeError("input must be 4-dimensional" + shape_text(input));
  if (filter.size() != 4) throw ShapeError("filter must be 4-dimensional: " + shape_text(filter));
  const Axes axes = axes_of(layout);
  if (input[axes.channels] != filter[2]) {
    throw ShapeError(concat("input and filter must have the same depth: ", input[axes.channels],
                            " vs ", filter[2]));
  }
  check_extent(input[axes.height], "Input rows");
  check_extent(input[axes.width], "Input cols");
  const auto sizes = make_sizes(input, filter, layout, arguments);
  check_elements(output_shape(sizes));
  return sizes;
}

DepthwiseConv2DSizes depthwise_gradient_sizes(const char* label, const Shape& input,
                                              const Shape& filter, const Shape& output,
                                              const DepthwiseArguments& arguments) {
  const Layout layout = check_arguments(arguments, true);
  check_sizes(input, "input_sizes");
  check_sizes(filter, "filter_sizes");
  require(input.size() == 4, label, "input must be 4-dimensional");
  require(filter.size() == 4, label, "filter must be 4-dimensional");
  require(output.size() == 4, label, "out_backprop must be 4-dimensional");
  require(input[0] == output[0], label, "input and out_backprop must have the same batch size");
  const Axes axes = axes_of(layout);
  check_extent(input[axes.height], "Input rows");
  check_extent(input[axes.width], "Input cols");
  require(input[axes.channels] == filter[2], label, "input and filter must have the same in_depth");
  Dim depth = 0;
  require(!__builtin_mul_overflow(filter[2], filter[3], &depth) && depth == output[axes.channels],
          label, "depth_multiplier * in_depth not equal to out_depth");
  const auto sizes = make_sizes(input, filter, layout, arguments);
  const auto check = [&](const char* what, Dim actual, std::size_t computed) {
    if (actual == static_cast<Dim>(computed)) return;
    throw ShapeError(concat(label, ": Number of ", what,
                            " of out_backprop doesn't match computed: actual = ", actual,
                            ", computed = ", computed));
  };
  check("rows", output[axes.height], sizes.out_height);
  check("cols", output[axes.width], sizes.out_width);
  return sizes;
}

Shape output_shape(const DepthwiseConv2DSizes& sizes) {
  const auto batch = static_cast<Dim>(sizes.batch);
  const auto height = static_cast<Dim>(sizes.out_height), width = static_cast<Dim>(sizes.out_width);
  const auto channels = static_cast<Dim>(sizes.channels * sizes.multiplier);
  if (sizes.layout == Layout::nhwc) return {batch, height, width, channels};
  return {batch, channels, height, width};
}

}  // namespace keratin::nn::detail
