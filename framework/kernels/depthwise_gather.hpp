#pragma once

#include <cstddef>
#include <vector>

#include "depthwise_conv2d.hpp"

namespace keratin::kernels {

/// One axis of a convolution seen from its results: result q * phases.size() + p is the sum over
/// the taps of phases[p] of filter[tap.index] * source[q * step + tap.offset], where it exists.
/// The forward pass has one phase and steps by the stride; the gradient to the input steps by one
/// and has as many phases as the stride. Taps are in the order of their offsets.
struct GatherAxis {
  struct Tap {
    std::size_t index;
    std::ptrdiff_t offset;
  };
  struct Range {
    std::size_t begin, end;
  };

  std::size_t results, sources;
  std::ptrdiff_t step;
  std::vector<std::vector<Tap>> phases;
  bool flipped = false;  ///< indices fall where offsets rise

  /// How many results a phase has.
  std::size_t count(std::size_t phase) const;
  /// The q of a phase all of whose taps are inside the source; maybe empty.
  Range interior(std::size_t phase) const;
  /// The index into the source, or `sources` when it is outside.
  std::size_t source(std::size_t q, const Tap& tap) const {
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(q) * step + tap.offset;
    return at >= 0 && static_cast<std::size_t>(at) < sources ? static_cast<std::size_t>(at)
                                                             : sources;
  }
  /// The distance between the first and the last source that one result reads, plus one.
  std::size_t span() const;
};

GatherAxis forward_axis(std::size_t in, std::size_t out, std::size_t kernel, std::size_t stride,
                        std::size_t dilation, std::size_t pad);
GatherAxis backprop_axis(std::size_t in, std::size_t out, std::size_t kernel, std::size_t stride,
                         std::size_t dilation, std::size_t pad);

/// A depthwise convolution with each result gathered by one thread, which serves the forward pass
/// and the gradient to the input. `channels` counts the filter's (channels times multiplier); each
/// source channel serves `source_multiplier` of them, and `result_multiplier` of them are summed
/// into a result channel.
template <class T>
struct DepthwiseGather {
  const T* source;
  const T* filter;  ///< (kernel height, filter_width, channels)
  const T* bias;    ///< may be null
  T* result;
  GatherAxis rows, columns;
  std::size_t batch, filter_width, channels, source_multiplier, result_multiplier;
  Layout layout;
  Clamp clamp;
};

/// For float and double.
template <class T>
void depthwise_gather(const DepthwiseGather<T>& job);

}  // namespace keratin::kernels
