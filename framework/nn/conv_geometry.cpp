#include "conv_geometry.hpp"

#include <algorithm>

namespace keratin::nn {

Dim dilated_length(Dim kernel, Dim dilation) { return (kernel - 1) * dilation + 1; }

Dim conv_output_length(Dim input, Dim kernel, WindowPadding padding, Dim stride, Dim dilation) {
  if (input == unknown) return unknown;
  if (padding == WindowPadding::same) return (input + stride - 1) / stride;
  return conv_output_length(input, kernel, window_pads(input, kernel, padding, stride, dilation),
                            stride, dilation);
}

Dim conv_output_length(Dim input, Dim kernel, std::array<Dim, 2> pads, Dim stride, Dim dilation) {
  if (input == unknown) return unknown;
  return (input + pads[0] + pads[1] - dilated_length(kernel, dilation) + stride) / stride;
}

std::array<Dim, 2> window_pads(Dim input, Dim kernel, WindowPadding padding, Dim stride,
                               Dim dilation) {
  const Dim span = dilated_length(kernel, dilation);
  if (padding == WindowPadding::valid) return {0, 0};
  if (padding == WindowPadding::causal) return {span - 1, 0};
  const Dim output = (input + stride - 1) / stride;
  const Dim total = std::max<Dim>((output - 1) * stride + span - input, 0);
  return {total / 2, total - total / 2};
}

Dim pad_before(Dim input, Dim kernel, WindowPadding padding, Dim stride, Dim dilation) {
  return window_pads(input, kernel, padding, stride, dilation)[0];
}

}  // namespace keratin::nn
