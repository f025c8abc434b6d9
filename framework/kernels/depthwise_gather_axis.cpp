#include <algorithm>

#include "depthwise_gather.hpp"

namespace keratin::kernels {

std::size_t GatherAxis::count(std::size_t phase) const {
  return results > phase ? (results - phase + phases.size() - 1) / phases.size() : 0;
}

GatherAxis::Range GatherAxis::interior(std::size_t phase) const {
  const auto& taps = phases[phase];
  const std::size_t n = count(phase);
  if (taps.empty()) return {0, n};
  const auto limit = static_cast<std::ptrdiff_t>(sources) - 1 - taps.back().offset;
  if (limit < 0) return {n, n};
  const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, -taps.front().offset);
  const auto begin = std::min(n, static_cast<std::size_t>((first + step - 1) / step));
  const auto end = std::min(n, static_cast<std::size_t>(limit / step) + 1);
  return {begin, std::max(begin, end)};
}

std::size_t GatherAxis::span() const {
  std::ptrdiff_t span = 1;
  for (const auto& taps : phases) {
    if (!taps.empty()) span = std::max(span, taps.back().offset - taps.front().offset + 1);
  }
  return static_cast<std::size_t>(span);
}

GatherAxis forward_axis(std::size_t in, std::size_t out, std::size_t kernel, std::size_t stride,
                        std::size_t dilation, std::size_t pad) {
  GatherAxis axis{out, in, static_cast<std::ptrdiff_t>(stride), {{}}, false};
  for (std::size_t k = 0; k < kernel; ++k) {
    axis.phases[0].push_back(
        {k, static_cast<std::ptrdiff_t>(k * dilation) - static_cast<std::ptrdiff_t>(pad)});
  }
  return axis;
}

GatherAxis backprop_axis(std::size_t in, std::size_t out, std::size_t kernel, std::size_t stride,
                         std::size_t dilation, std::size_t pad) {
  GatherAxis axis{in, out, 1, {}, true};
  axis.phases.resize(stride);
  // Output y reads input y * stride + k * dilation - pad; solved for y.
  const auto s = static_cast<std::ptrdiff_t>(stride);
  for (std::size_t p = 0; p < stride; ++p) {
    for (std::size_t k = kernel; k-- > 0;) {
      const std::ptrdiff_t at =
          static_cast<std::ptrdiff_t>(p + pad) - static_cast<std::ptrdiff_t>(k * dilation);
      if (at % s == 0) axis.phases[p].push_back({k, at / s});
    }
  }
  return axis;
}

}  // namespace keratin::kernels
