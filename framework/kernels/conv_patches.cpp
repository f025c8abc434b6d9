#include "conv_patches.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace keratin::kernels {

template <class T>
Patches<T>::Patches(Description description) : description_(std::move(description)) {
  const bool whole_pixels = description_.channels == description_.image_channels;
  for (const Offsets& tap : description_.taps) {
    if (!runs_.empty() && whole_pixels) {
      Run& last = runs_.back();
      if (tap == Offsets{last.first[0], last.first[1], last.first[2] + last.width}) {
        ++last.width;
        last.end += description_.channels;
        continue;
      }
    }
    const std::size_t begin = runs_.empty() ? 0 : runs_.back().end;
    runs_.push_back({tap, 1, begin, begin + description_.channels});
  }
}

template <class T>
void Patches<T>::pack(Range rows, Range depth, T* packed, std::size_t stride) const {
  const auto& grid = description_.rows;
  std::array<std::size_t, 3> index{rows.begin / (grid[1] * grid[2]) % grid[0],
                                   rows.begin / grid[2] % grid[1], rows.begin % grid[2]};
  std::size_t batch = rows.begin / volume(grid);
  for (std::size_t row = rows.begin; row < rows.end; ++row, packed += stride) {
    Offsets position;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      position[axis] = description_.origin[axis] +
                       static_cast<std::ptrdiff_t>(description_.step[axis] * index[axis]);
    }
    pack_row(batch, position, depth, packed);
    if (++index[2] < grid[2]) continue;
    index[2] = 0;
    if (++index[1] < grid[1]) continue;
    index[1] = 0;
    if (++index[0] < grid[0]) continue;
    index[0] = 0;
    ++batch;
  }
}

template <class T>
void Patches<T>::pack_row(std::size_t batch, const Offsets& position, Range depth,
                          T* packed) const {
  const auto channels = static_cast<std::ptrdiff_t>(description_.channels);
  const auto pixel_size = static_cast<std::ptrdiff_t>(description_.image_channels);
  const Offsets size{static_cast<std::ptrdiff_t>(description_.size[0]),
                     static_cast<std::ptrdiff_t>(description_.size[1]),
                     static_cast<std::ptrdiff_t>(description_.size[2])};
  const T* image = description_.source +
                   batch * volume(description_.size) * description_.image_channels +
                   description_.first_channel;
  for (const Run& run : runs_) {
    if (run.end <= depth.begin || run.begin >= depth.end) continue;
    // Of the run's elements [0, width * channels): what is asked for, and what is in the image.
    const auto begin = static_cast<std::ptrdiff_t>(std::max(run.begin, depth.begin) - run.begin);
    const auto end = static_cast<std::ptrdiff_t>(std::min(run.end, depth.end) - run.begin);
    const std::ptrdiff_t d = position[0] + run.first[0], h = position[1] + run.first[1],
                         w = position[2] + run.first[2];
    std::ptrdiff_t inside = begin, outside = begin;
    if (d >= 0 && d < size[0] && h >= 0 && h < size[1]) {
      inside = std::clamp(-w * channels, begin, end);
      outside = std::clamp((size[2] - w) * channels, inside, end);
    }
    packed = std::fill_n(packed, inside - begin, T{0});
    if (inside < outside) {
      const T* from = image + ((d * size[1] + h) * size[2] + w) * pixel_size + inside;
      std::memcpy(packed, from, static_cast<std::size_t>(outside - inside) * sizeof(T));
    }
    packed = std::fill_n(packed + (outside - inside), end - outside, T{0});
  }
}

template <class T>
Patches<T> input_patches(const T* input, const ConvSizes& s, std::size_t group) {
  std::vector<Offsets> taps;
  taps.reserve(volume(s.kernel));
  for (std::size_t d = 0; d < s.kernel[0]; ++d) {
    for (std::size_t h = 0; h < s.kernel[1]; ++h) {
      for (std::size_t w = 0; w < s.kernel[2]; ++w) {
        taps.push_back({static_cast<std::ptrdiff_t>(d * s.dilation[0]),
                        static_cast<std::ptrdiff_t>(h * s.dilation[1]),
                        static_cast<std::ptrdiff_t>(w * s.dilation[2])});
      }
    }
  }
  const std::size_t channels = s.in_channels / s.groups;
  return Patches<T>({.source = input,
                     .size = s.in,
                     .image_channels = s.in_channels,
                     .first_channel = group * channels,
                     .channels = channels,
                     .rows = s.out,
                     .origin = {-static_cast<std::ptrdiff_t>(s.pad_before[0]),
                                -static_cast<std::ptrdiff_t>(s.pad_before[1]),
                                -static_cast<std::ptrdiff_t>(s.pad_before[2])},
                     .step = s.stride,
                     .taps = std::move(taps)});
}

bool is_pointwise(const ConvSizes& s) {
  return volume(s.kernel) == 1 && s.in == s.out && volume(s.stride) == 1 &&
         s.pad_before == std::array<std::size_t, 3>{};
}

template class Patches<float>;
template class Patches<double>;
template Patches<float> input_patches(const float*, const ConvSizes&, std::size_t);
template Patches<double> input_patches(const double*, const ConvSizes&, std::size_t);

}  // namespace keratin::kernels
