#include "memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace keratin {

MemoryPlan plan_memory(const std::vector<Lifetime>& blocks, std::size_t alignment) {
  const auto padded = [&](std::size_t size) {
    return (size + alignment - 1) / alignment * alignment;
  };
  std::vector<std::size_t> order(blocks.size()), placed;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return blocks[i].size; });
  MemoryPlan plan{std::vector<std::size_t>(blocks.size(), 0)};
  for (const std::size_t i : order) {
    std::size_t offset = 0;
    for (const std::size_t other : placed) {  // in the order of their offsets
      const bool together =
          blocks[other].first <= blocks[i].last && blocks[i].first <= blocks[other].last;
      if (!together) continue;
      if (offset + padded(blocks[i].size) <= plan.offsets[other]) break;
      offset = std::max(offset, plan.offsets[other] + padded(blocks[other].size));
    }
    plan.offsets[i] = offset;
    plan.size = std::max(plan.size, offset + padded(blocks[i].size));
    const auto behind = std::ranges::upper_bound(
        placed, offset, {}, [&](std::size_t other) { return plan.offsets[other]; });
    placed.insert(behind, i);
  }
  return plan;
}

std::size_t most_alive(const std::vector<Lifetime>& blocks) {
  std::size_t most = 0;
  for (const Lifetime& now : blocks) {  // the sum grows only where a block begins
    std::size_t alive = 0;
    for (const Lifetime& other : blocks) {
      if (other.first <= now.first && now.first <= other.last) alive += other.size;
    }
    most = std::max(most, alive);
  }
  return most;
}

}  // namespace keratin
