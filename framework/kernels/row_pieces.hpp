#pragma once

#include <algorithm>
#include <cstddef>

#include "../base/parallel.hpp"

namespace keratin::kernels {

/// The fixed pieces that rows are summed in, small enough for the L2 cache.
struct RowPieces {
  std::size_t rows, channels, length, count;

  RowPieces(std::size_t all_rows, std::size_t all_channels)
      : rows(all_rows),
        channels(all_channels),
        length(std::max<std::size_t>(32768 / std::max<std::size_t>(channels, 1) / 64, 1) * 64),
        count((rows + length - 1) / length) {}

  std::size_t rows_of(std::size_t i) const { return std::min(length, rows - i * length); }

  /// Calls `visit(i)` for each piece, on several threads.
  template <class Visit>
  void for_each(const Visit& visit) const {
    parallel_for(count, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) visit(i);
    });
  }
  /// result(c) = the sum of the pieces' parts, in order.
  template <class T>
  void combine(const T* parts, T* result) const {
    parallel_for(channels, 4096 / (count + 1) + 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) sum += double{parts[i * channels + c]};
        result[c] = static_cast<T>(sum);
      }
    });
  }
};

}  // namespace keratin::kernels
