#pragma once

#include <cstddef>
#include <functional>

namespace keratin::kernels {

/// How an image a b c d goes on beyond its border: k k | a b c d | k k (constant), a a | a b c d |
/// d d (nearest), c d | a b c d | a b (wrap), c b | a b c d | c b (mirror), b a | a b c d | d c
/// (reflect).
enum class FillMode { constant, nearest, wrap, mirror, reflect };

/// Images and how they are read between and beyond their pixels.
struct WarpSizes {
  std::size_t images, height, width, channels;
  /// From a pixel to the next, and from a channel to the next of the same pixel.
  std::size_t pixel_stride, channel_stride;
  FillMode mode;
  double fill_value;
  /// Bilinear; otherwise the nearest pixel, that with the higher index where two are as near.
  bool linear;
};

/// Where the pixels of row `row` in image `image` of the output come from: fills `ys` and `xs`,
/// which hold a row. Called from several threads.
using WarpCoordinates =
    std::function<void(std::size_t image, std::size_t row, double* ys, double* xs)>;

/// y(image, p, c) = x read at the place that `coordinates` gives for pixel p
/// (keras.ops.image.map_coordinates, for order 0 and 1).
template <class T>
void warp(const WarpSizes& sizes, const WarpCoordinates& coordinates, const T* x, T* y);
/// The gradient to x, given that to y; overwrites dx.
template <class T>
void warp_backward(const WarpSizes& sizes, const WarpCoordinates& coordinates, const T* dy, T* dx);

}  // namespace keratin::kernels
