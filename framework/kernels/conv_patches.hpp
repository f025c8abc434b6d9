#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "conv.hpp"
#include "gemm_blocks.hpp"

namespace keratin::kernels {

using Offsets = std::array<std::ptrdiff_t, 3>;

inline std::size_t volume(const std::array<std::size_t, 3>& grid) {
  return grid[0] * grid[1] * grid[2];
}

/// A place in the rows (batch, i, j, k) of a product, stepped without divisions.
struct GridPlace {
  std::size_t batch;
  std::array<std::size_t, 3> index;

  GridPlace(std::size_t row, const std::array<std::size_t, 3>& grid)
      : batch(row / volume(grid)),
        index{row / (grid[1] * grid[2]) % grid[0], row / grid[2] % grid[1], row % grid[2]} {}

  void next(const std::array<std::size_t, 3>& grid) {
    if (++index[2] < grid[2]) return;
    index[2] = 0;
    if (++index[1] < grid[1]) return;
    index[1] = 0;
    if (++index[0] < grid[0]) return;
    index[0] = 0;
    ++batch;
  }
};

/// What has to be free behind a packed row.
inline constexpr std::size_t patch_gap = 16;

/// The left factor of a convolution taken as a matrix product, never stored as a whole. A row is
/// a patch: the channels of one group at each tap's place around a position; zeros outside.
template <class T>
class Patches {
 public:
  /// Row (b, i, j, k) of a (batch, rows...) grid takes from image b of `source`, for each of
  /// `taps`, the channels at origin + step * (i, j, k) + tap.
  struct Description {
    const T* source;
    std::size_t batch;
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

  /// Writes columns `depth` of rows `rows`, `stride` apart. After each row's columns it may write
  /// `patch_gap` elements more.
  void pack(Range rows, Range depth, T* packed, std::size_t stride) const;

 private:
  /// Neighbouring taps whose elements lie side by side.
  struct Run {
    Offsets first;
    std::ptrdiff_t begin, end;  // elements, from the first tap's
    std::ptrdiff_t offset;      // of element 0 from the patch's position in the image
  };
  std::vector<Run> runs_within(Range depth) const;
  bool is_inside(const Offsets& position) const;
  void pack_clipped(const std::vector<Run>& runs, const T* image, const Offsets& position,
                    T* packed) const;

  Description description_;
  std::vector<Run> runs_;
  Offsets least_{}, most_{};  // of the taps
};

/// The patches of the input that conv_forward and conv_backprop_filter multiply.
template <class T>
Patches<T> input_patches(const T* input, const ConvSizes& sizes, std::size_t group);

/// Where a convolution is a plain product: one tap, no padding, no stride.
bool is_pointwise(const ConvSizes& sizes);

}  // namespace keratin::kernels
