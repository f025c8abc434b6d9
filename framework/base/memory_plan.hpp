#pragma once

#include <cstddef>
#include <vector>

namespace keratin {

/// A block of memory that is needed from step `first` to step `last`.
struct Lifetime {
  std::size_t size;
  std::size_t first, last;
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< of each block in one piece of memory
  std::size_t size = 0;              ///< of that piece
};

/// Places blocks so that those needed at the same time do not overlap: the largest first, each at
/// the lowest place that is free. Offsets are multiples of `alignment`.
MemoryPlan plan_memory(const std::vector<Lifetime>& blocks, std::size_t alignment);

/// The most that is needed at any one step: what no plan can do without.
std::size_t most_alive(const std::vector<Lifetime>& blocks);

}  // namespace keratin
