#pragma once

#include <algorithm>
#include <cmath>

#include "image_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A rectangle of an image.
struct Patch {
  /// Along an axis: its length, as a part of the image's, and its place, from 0 (at the beginning)
  /// to 1 (at the end).
  struct Interval {
    double length, place;
  };

  std::size_t top = 0, left = 0, bottom = 0, right = 0;

  /// Empty.
  Patch() = default;
  /// The pixels whose places are in both intervals.
  Patch(const ImageShape& shape, const Interval& rows, const Interval& columns) {
    set(shape.height, rows, top, bottom);
    set(shape.width, columns, left, right);
  }

  /// Calls `work(k, channel)` with the place in the image of each element.
  template <class Work>
  void for_each_element(const ImageShape& shape, const Work& work) const {
    for (std::size_t y = top; y < bottom; ++y)
      for (std::size_t x = left; x < right; ++x)
        for (std::size_t c = 0; c < shape.channels; ++c)
          work((y * shape.width + x) * shape.pixel_stride() + c * shape.channel_stride(), c);
  }

 private:
  static void set(std::size_t size, const Interval& interval, std::size_t& begin,
                  std::size_t& end) {
    const double length = interval.length * static_cast<double>(size);
    const double start = interval.place * (static_cast<double>(size) - length);
    begin = static_cast<std::size_t>(std::ceil(start));
    end = std::min(size, static_cast<std::size_t>(std::ceil(start + length)));
  }
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
