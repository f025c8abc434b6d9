#pragma once

#include <array>
#include <cstddef>

#include "conv_patches.hpp"

namespace keratin::kernels {

/// The rows of `patches` times B, stored as the channels at a grid of positions of `target`. This
/// is conv_forward and, for each of its phases, conv_backprop_input.
template <class T>
struct PatchProduct {
  const Patches<T>& patches;
  const PackedMatrix<T>& b;
  std::size_t batch;
  std::array<std::size_t, 3> rows;  ///< the grid of the patches
  T* target;                        ///< the group's first channel of its first element
  std::array<std::size_t, 3> size;  ///< of one target image
  std::size_t image_channels;
  std::array<std::size_t, 3> origin, step;  ///< where the grid's positions are in the target
  Epilogue<T> epilogue;                     ///< for the group's channels
};

template <class T>
void multiply(const PatchProduct<T>& product);

}  // namespace keratin::kernels
