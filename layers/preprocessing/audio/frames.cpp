#include "frames.hpp"

#include "../../../framework/base/parallel.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Calls `work(k, place)` for the places k of frame `row` that are within its signal.
template <class Work>
void Frames::for_each_place(std::size_t row, const Work& work) const {
  const std::size_t first = row / count * length, start = row % count * step;
  for (std::size_t k = 0; k < frame; ++k) {
    if (start + k >= before && start + k - before < length) work(k, first + start + k - before);
  }
}

Tensor Frames::cut(const real* signals_data) const {
  Tensor frames = zeros({static_cast<Dim>(signals * count), static_cast<Dim>(frame)});
  parallel_for(signals * count, 1 + 8192 / (1 + frame), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      real* const to = frames.data() + row * frame;
      for_each_place(row, [&](std::size_t k, std::size_t place) { to[k] = signals_data[place]; });
    }
  });
  return frames;
}

Tensor Frames::cut_backward(const Tensor& gradient) const {
  Tensor signal_gradient = zeros({static_cast<Dim>(signals), static_cast<Dim>(length)});
  // Frames of one signal overlap: they are one thread's.
  parallel_for(signals, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin * count; row < end * count; ++row) {
      const real* const from = gradient.data() + row * frame;
      for_each_place(
          row, [&](std::size_t k, std::size_t place) { signal_gradient.data()[place] += from[k]; });
    }
  });
  return signal_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
