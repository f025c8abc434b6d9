#include "conv_patches.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace keratin::kernels {

namespace {

/// std::copy_n for the few elements that patches of few channels are made of. Reads and writes up
/// to patch_gap - 1 elements more, in pieces whose length the compiler knows.
template <class T>
T* copy_few(const T* from, std::ptrdiff_t count, T* to) {
  constexpr auto step = static_cast<std::ptrdiff_t>(patch_gap);
  if (count > 4 * step) return std::copy_n(from, count, to);
  for (std::ptrdiff_t i = 0; i < count; i += step) std::memcpy(to + i, from + i, step * sizeof(T));
  return to + count;
}

}  // namespace

template <class T>
Patches<T>::Patches(Description description) : description_(std::move(description)) {
  const auto channels = static_cast<std::ptrdiff_t>(description_.channels);
  const bool whole_pixels = description_.channels == description_.image_channels;
  for (const Offsets& tap : description_.taps) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      least_[axis] = runs_.empty() ? tap[axis] : std::min(least_[axis], tap[axis]);
      most_[axis] = runs_.empty() ? tap[axis] : std::max(most_[axis], tap[axis]);
    }
    if (!runs_.empty() && whole_pixels) {
      Run& last = runs_.back();
      if (tap == Offsets{last.first[0], last.first[1], last.first[2] + last.end / channels}) {
        last.end += channels;
        continue;
      }
    }
    const auto& size = description_.size;
    const std::ptrdiff_t pixel = (tap[0] * static_cast<std::ptrdiff_t>(size[1]) + tap[1]) *
                                     static_cast<std::ptrdiff_t>(size[2]) +
                                 tap[2];
    runs_.push_back(
        {tap, 0, channels, pixel * static_cast<std::ptrdiff_t>(description_.image_channels)});
  }
}

template <class T>
auto Patches<T>::runs_within(Range depth) const -> std::vector<Run> {
  std::vector<Run> runs;
  std::ptrdiff_t column = 0;
  const auto begin = static_cast<std::ptrdiff_t>(depth.begin);
  const auto end = static_cast<std::ptrdiff_t>(depth.end);
  for (const Run& run : runs_) {
    Run part = run;
    part.begin = std::max<std::ptrdiff_t>(0, begin - column);
    part.end = std::min(run.end, end - column);
    if (part.begin < part.end) runs.push_back(part);
    column += run.end;
  }
  return runs;
}

template <class T>
void Patches<T>::pack(Range rows, Range depth, T* packed, std::size_t stride) const {
  const std::vector<Run> runs = runs_within(depth);
  const auto& grid = description_.rows;
  const auto& size = description_.size;
  const T* source_end =
      description_.source + description_.batch * volume(size) * description_.image_channels;
  std::ptrdiff_t reach = 0;  // how far copy_few reads
  for (const Run& run : runs) {
    reach = std::max(reach, run.offset + run.end + static_cast<std::ptrdiff_t>(patch_gap));
  }
  GridPlace place(rows.begin, grid);
  for (std::size_t row = rows.begin; row < rows.end; ++row, packed += stride, place.next(grid)) {
    const T* image = description_.source +
                     place.batch * volume(size) * description_.image_channels +
                     description_.first_channel;
    Offsets position;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      position[axis] = description_.origin[axis] +
                       static_cast<std::ptrdiff_t>(description_.step[axis] * place.index[axis]);
    }
    if (is_inside(position)) {
      const auto pixel = (position[0] * static_cast<std::ptrdiff_t>(size[1]) + position[1]) *
                             static_cast<std::ptrdiff_t>(size[2]) +
                         position[2];
      const auto offset = pixel * static_cast<std::ptrdiff_t>(description_.image_channels);
      T* to = packed;
      if (source_end - image >= offset + reach) {
        for (const Run& run : runs) {
          to = copy_few(image + (offset + run.offset + run.begin), run.end - run.begin, to);
        }
      } else {
        for (const Run& run : runs) {
          to = std::copy_n(image + (offset + run.offset + run.begin), run.end - run.begin, to);
        }
      }
    } else {
      pack_clipped(runs, image, position, packed);
    }
  }
}

template <class T>
bool Patches<T>::is_inside(const Offsets& position) const {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (position[axis] + least_[axis] < 0) return false;
    if (position[axis] + most_[axis] >= static_cast<std::ptrdiff_t>(description_.size[axis])) {
      return false;
    }
  }
  return true;
}

template <class T>
void Patches<T>::pack_clipped(const std::vector<Run>& runs, const T* image, const Offsets& position,
                              T* packed) const {
  const auto pixel_size = static_cast<std::ptrdiff_t>(description_.image_channels);
  const auto channels = static_cast<std::ptrdiff_t>(description_.channels);
  const Offsets size{static_cast<std::ptrdiff_t>(description_.size[0]),
                     static_cast<std::ptrdiff_t>(description_.size[1]),
                     static_cast<std::ptrdiff_t>(description_.size[2])};
  for (const Run& run : runs) {
    const std::ptrdiff_t d = position[0] + run.first[0], h = position[1] + run.first[1],
                         w = position[2] + run.first[2];
    std::ptrdiff_t inside = run.begin, outside = run.begin;
    if (d >= 0 && d < size[0] && h >= 0 && h < size[1]) {
      inside = std::clamp(-w * channels, run.begin, run.end);
      outside = std::clamp((size[2] - w) * channels, inside, run.end);
    }
    packed = std::fill_n(packed, inside - run.begin, T{0});
    if (inside < outside) {
      packed = std::copy_n(image + (((d * size[1] + h) * size[2] + w) * pixel_size + inside),
                           outside - inside, packed);
    }
    packed = std::fill_n(packed, run.end - outside, T{0});
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
                     .batch = s.batch,
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
