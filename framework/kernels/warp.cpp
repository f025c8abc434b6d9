#include "warp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "../base/parallel.hpp"

namespace keratin::kernels {
namespace {

constexpr std::ptrdiff_t outside = -1;

/// The place that stands for `i` in an axis of `size`, or `outside`.
std::ptrdiff_t place(std::ptrdiff_t i, std::ptrdiff_t size, FillMode mode) {
  if (i >= 0 && i < size) return i;
  const auto modulo = [](std::ptrdiff_t a, std::ptrdiff_t b) { return ((a % b) + b) % b; };
  switch (mode) {
    case FillMode::constant:
      return outside;
    case FillMode::nearest:
      return std::clamp<std::ptrdiff_t>(i, 0, size - 1);
    case FillMode::wrap:
      return modulo(i, size);
    case FillMode::mirror: {
      if (size == 1) return 0;
      const std::ptrdiff_t in_period = modulo(i, 2 * size - 2);
      return std::min(in_period, 2 * size - 2 - in_period);
    }
    case FillMode::reflect: {
      const std::ptrdiff_t in_period = modulo(i, 2 * size);
      return std::min(in_period, 2 * size - 1 - in_period);
    }
  }
  return outside;
}

/// The pixels of an axis that a coordinate reads, and their weights; the second may weigh 0.
struct Neighbours {
  std::array<std::ptrdiff_t, 2> places;
  std::array<double, 2> weights;

  Neighbours(double coordinate, std::size_t length, const WarpSizes& sizes) {
    const auto size = static_cast<std::ptrdiff_t>(length);
    // Beyond all that is near, so that it fits an integer; what is no number is outside too.
    const double limit = 1e15;
    if (!(coordinate > -limit && coordinate < limit)) coordinate = -limit;
    const double floor = std::floor(sizes.linear ? coordinate : coordinate + 0.5);
    const auto first = static_cast<std::ptrdiff_t>(floor);
    const double part = sizes.linear ? coordinate - floor : 0;
    places = {place(first, size, sizes.mode), place(first + 1, size, sizes.mode)};
    weights = {1 - part, part};
  }
};

/// Calls `work(place, weight)` for the up to four pixels that a coordinate reads; the place is that
/// of the pixel in its image, or `outside`.
template <class Work>
void for_each_neighbour(double y, double x, const WarpSizes& s, const Work& work) {
  const Neighbours rows(y, s.height, s), columns(x, s.width, s);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      const double weight = rows.weights[i] * columns.weights[j];
      if (weight == 0) continue;
      const bool is_outside = rows.places[i] == outside || columns.places[j] == outside;
      work(is_outside ? outside
                      : rows.places[i] * static_cast<std::ptrdiff_t>(s.width) + columns.places[j],
           weight);
    }
  }
}

/// Calls `work(pixel, y, x)` for the pixels of a row.
template <class Work>
void for_each_pixel(const WarpSizes& s, const WarpCoordinates& coordinates, std::size_t image,
                    std::size_t row, std::vector<double>& places, const Work& work) {
  places.resize(2 * s.width);
  double* const ys = places.data();
  double* const xs = ys + s.width;
  coordinates(image, row, ys, xs);
  for (std::size_t x = 0; x < s.width; ++x) work(row * s.width + x, ys[x], xs[x]);
}

}  // namespace

template <class T>
void warp(const WarpSizes& s, const WarpCoordinates& coordinates, const T* x, T* y) {
  const std::size_t image_size = s.height * s.width * s.channels;
  parallel_for(s.images * s.height, 1 + 1024 / (1 + s.width * s.channels),
               [&](std::size_t begin, std::size_t end) {
                 std::vector<double> places;
                 for (std::size_t row = begin; row < end; ++row) {
                   const std::size_t image = row / s.height;
                   const T* const from = x + image * image_size;
                   for_each_pixel(
                       s, coordinates, image, row % s.height, places,
                       [&](std::size_t pixel, double py, double px) {
                         T* const to = y + image * image_size + pixel * s.pixel_stride;
                         for (std::size_t c = 0; c < s.channels; ++c) to[c * s.channel_stride] = 0;
                         for_each_neighbour(py, px, s, [&](std::ptrdiff_t place, double weight) {
                           for (std::size_t c = 0; c < s.channels; ++c) {
                             const double value =
                                 place == outside
                                     ? s.fill_value
                                     : static_cast<double>(
                                           from[static_cast<std::size_t>(place) * s.pixel_stride +
                                                c * s.channel_stride]);
                             to[c * s.channel_stride] += static_cast<T>(weight * value);
                           }
                         });
                       });
                 }
               });
}

template <class T>
void warp_backward(const WarpSizes& s, const WarpCoordinates& coordinates, const T* dy, T* dx) {
  const std::size_t image_size = s.height * s.width * s.channels;
  // Several pixels of the output add to one of the input: an image is one thread's.
  parallel_for(s.images, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<double> places;
    for (std::size_t image = begin; image < end; ++image) {
      T* const to = dx + image * image_size;
      std::fill_n(to, image_size, T{0});
      for (std::size_t row = 0; row < s.height; ++row) {
        for_each_pixel(
            s, coordinates, image, row, places, [&](std::size_t pixel, double py, double px) {
              const T* const from = dy + image * image_size + pixel * s.pixel_stride;
              for_each_neighbour(py, px, s, [&](std::ptrdiff_t place, double weight) {
                if (place == outside) return;
                T* const at = to + static_cast<std::size_t>(place) * s.pixel_stride;
                for (std::size_t c = 0; c < s.channels; ++c) {
                  at[c * s.channel_stride] += static_cast<T>(weight) * from[c * s.channel_stride];
                }
              });
            });
      }
    }
  });
}

#define KERATIN_INSTANTIATE(T)                                                \
  template void warp(const WarpSizes&, const WarpCoordinates&, const T*, T*); \
  template void warp_backward(const WarpSizes&, const WarpCoordinates&, const T*, T*);
KERATIN_INSTANTIATE(float)
KERATIN_INSTANTIATE(double)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::kernels
