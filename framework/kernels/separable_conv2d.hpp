#pragma once

#include "depthwise_conv2d.hpp"
#include "gemm.hpp"

namespace keratin::kernels {

/// A depthwise convolution and, at once, the product of its channels with `pointwise` (channels *
/// multiplier x filters), for images with layout nhwc: strips of rows are multiplied while they are
/// in the cache. `sizes` are those of the depthwise convolution, which has no bias and `clamp`
/// after it; the epilogue is the product's. `between` receives the depthwise output unless it is
/// null. The results are the bits of depthwise_conv2d and gemm, one after the other. For float and
/// double.
template <class T>
void separable_conv2d(const T* input, const T* depthwise_filter, const T* depthwise_bias,
                      const PackedMatrix<T>& pointwise, T* output,
                      const DepthwiseConv2DSizes& sizes, const Clamp& clamp = {},
                      const Epilogue<T>& epilogue = {}, T* between = nullptr);

/// Output rows [begin, end) of all images as a convolution of its own: `input` is moved to the rows
/// that it reads, `sizes` are made to fit. For one image.
struct RowsOfDepthwise {
  DepthwiseConv2DSizes sizes;
  std::size_t input_row;
};
RowsOfDepthwise rows_of(const DepthwiseConv2DSizes& sizes, std::size_t begin, std::size_t end);

}  // namespace keratin::kernels
