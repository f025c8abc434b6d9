#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "parallel.hpp"

namespace keratin {

/// The sum over [0, count) of what `chunk(begin, end)` returns for pieces of fixed size, added in
/// their order: the same bits at any number of threads.
template <class Chunk>
double chunked_sum(std::size_t count, const Chunk& chunk) {
  constexpr std::size_t size = 4096;
  if (count <= size) return chunk(std::size_t{0}, count);
  const std::size_t chunks = (count + size - 1) / size;
  std::vector<double> partial(chunks);
  parallel_for(chunks, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      partial[i] = chunk(i * size, std::min((i + 1) * size, count));
  });
  double sum = 0;
  for (const double value : partial) sum += value;
  return sum;
}

}  // namespace keratin
