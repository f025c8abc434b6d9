#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "conv.hpp"
#include "gemm_blocks.hpp"

namespace keratin::kernels {

using Offsets = std::array<std::ptrdiff_t, 3>;

/// The left factor of a convolution taken as a matrix product, never stored as a whole. A row is
/// a patch: the channels of one group at each tap's place around a position; zeros outside.
template <class T>
class Patches {
 public:
  /// Row (b, i, j, k) of a (batch, rows...) grid takes from image b of `source`, for each of
  /// `taps`, the channels at origin + step * (i, j, k) + tap.
  struct Description {
    const T* source;
    std::array<std::size_t, 3> size;  ///< of one image
    std::size_t image_channels;
    std::size_t first_channel, channels;  ///< the group's
    std::array<std::size_t, 3> rows;
    Offsets origin;
    std::array<std::size_t, 3> step;
    std::vector<Offsets> taps;
  };
  explicit Patches(Description description);

  /// The length of a row.
  std::size_t depth() const { return description_.taps.size() * description_.channels; }

  /// Writes columns `depth` of rows `rows`, `stride` apart.
  void pack(Range rows, Range depth, T* packed, std::size_t stride) const;

 private:
  /// Neighbouring taps whose elements lie side by side.
  struct Run {
    Offsets first;
    std::ptrdiff_t width;
    std::size_t begin, end;  // its columns
  };
  void pack_row(std::size_t batch, const Offsets& position, Range depth, T* packed) const;

  Description description_;
  std::vector<Run> runs_;
};

/// The patches of the input that conv_forward and conv_backprop_filter multiply.
template <class T>
Patches<T> input_patches(const T* input, const ConvSizes& sizes, std::size_t group);

/// Where a convolution is a plain product: one tap, no padding, no stride.
bool is_pointwise(const ConvSizes& sizes);

inline std::size_t volume(const std::array<std::size_t, 3>& grid) {
  return grid[0] * grid[1] * grid[2];
}

}  // namespace keratin::kernels
