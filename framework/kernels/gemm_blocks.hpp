#pragma once

#include <algorithm>
#include <cstddef>

#include "../base/parallel.hpp"
#include "gemm_tile.hpp"

namespace keratin::kernels {

// How products are cut into blocks that fit the caches, and into pieces for the threads.

/// Rows of A that are worked on together: with depth_block columns they fit in the L2 cache.
inline constexpr std::size_t most_block_rows = 112;
/// Columns of B that are worked on together.
inline constexpr std::size_t block_columns = 512;

inline std::size_t round_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Null for an epilogue that does nothing.
template <class T>
const Epilogue<T>* unless_idle(const Epilogue<T>& epilogue) {
  const Epilogue<T> idle;
  const bool acts = epilogue.bias || epilogue.low != idle.low || epilogue.high != idle.high;
  return acts ? &epilogue : nullptr;
}

struct Range {
  std::size_t begin, end;
  std::size_t size() const { return end - begin; }
};

/// Piece `index` of `count` pieces of [0, size), cut at multiples of `unit`.
inline Range piece(std::size_t size, std::size_t unit, std::size_t index, std::size_t count) {
  const std::size_t units = (size + unit - 1) / unit;
  return {units * index / count * unit, std::min(size, units * (index + 1) / count * unit)};
}

/// How many pieces C's rows and columns are cut into, one piece per thread.
struct Grid {
  std::size_t rows, columns;
};

inline Grid thread_grid(TileShape tile, std::size_t m, std::size_t n, std::size_t k,
                        bool rows_may_be_cut) {
  const std::size_t strips = (m + tile.rows - 1) / tile.rows;
  const std::size_t panels = (n + tile.columns - 1) / tile.columns;
  // With less than about 10 microseconds of work, threads do not pay.
  constexpr double least_work = 500e3;
  const double work = static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const auto threads = static_cast<std::size_t>(
      std::min(static_cast<double>(num_threads()), 1.0 + work / least_work));
  Grid best{1, 1};
  std::size_t best_cost = strips * panels;
  for (std::size_t rows = 1; rows <= (rows_may_be_cut ? std::min(threads, strips) : 1); ++rows) {
    const std::size_t columns = std::min(threads / rows, panels);
    const std::size_t cost = ((strips + rows - 1) / rows) * ((panels + columns - 1) / columns);
    if (cost < best_cost || (cost == best_cost && strips > panels)) {
      best = {rows, columns};
      best_cost = cost;
    }
  }
  return best;
}

}  // namespace keratin::kernels
