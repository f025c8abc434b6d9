#pragma once

#include <array>
#include <cstddef>

namespace keratin::kernels::reference {

using Index = std::array<std::size_t, 3>;

/// Calls `visit(index, position)` for each index of a 3-d grid in row-major order.
template <class Visit>
void for_each_index(const Index& grid, const Visit& visit) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < grid[0]; ++i) {
    for (std::size_t j = 0; j < grid[1]; ++j) {
      for (std::size_t k = 0; k < grid[2]; ++k) visit(Index{i, j, k}, position++);
    }
  }
}

/// Calls `visit(in, tap)` with row-major positions for each tap of output index `out`'s window
/// that lies inside the input. `Sizes` is ConvSizes or PoolSizes.
template <class Sizes, class Visit>
void for_each_tap(const Index& out, const Index& window, const Index& dilation, const Sizes& s,
                  const Visit& visit) {
  for_each_index(window, [&](const Index& tap, std::size_t tap_position) {
    std::size_t in_position = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::size_t padded = out[axis] * s.stride[axis] + tap[axis] * dilation[axis];
      if (padded < s.pad_before[axis] || padded - s.pad_before[axis] >= s.in[axis]) return;
      in_position = in_position * s.in[axis] + (padded - s.pad_before[axis]);
    }
    visit(in_position, tap_position);
  });
}

inline std::size_t volume(const Index& grid) { return grid[0] * grid[1] * grid[2]; }

}  // namespace keratin::kernels::reference
