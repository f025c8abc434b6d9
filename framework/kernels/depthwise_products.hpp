#pragma once

#include <cstddef>

#include "depthwise_gather.hpp"

namespace keratin::kernels {

/// The gradient to the filter: for each tap, the sum over the pixels of input times output
/// gradient. `rows` and `columns` are those of the forward pass.
template <class T>
struct DepthwiseProducts {
  const T* input;
  const T* output_gradient;
  T* filter_gradient;
  T* bias_gradient;  ///< may be null
  GatherAxis rows, columns;
  std::size_t batch, channels, multiplier;  ///< channels of the input
  Layout layout;

  std::size_t taps() const { return rows.phases[0].size() * columns.phases[0].size(); }
  std::size_t output_channels() const { return channels * multiplier; }
};

/// For float and double.
template <class T>
void depthwise_products(const DepthwiseProducts<T>& job);

}  // namespace keratin::kernels
