#include "../../../framework/base/memory_plan.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "../../../framework/base/random.hpp"

using namespace keratin;

namespace {

bool overlap(const std::vector<Lifetime>& blocks, const MemoryPlan& plan, std::size_t i,
             std::size_t j) {
  const bool together = blocks[i].first <= blocks[j].last && blocks[j].first <= blocks[i].last;
  return together && plan.offsets[i] < plan.offsets[j] + blocks[j].size &&
         plan.offsets[j] < plan.offsets[i] + blocks[i].size;
}

}  // namespace

TEST_CASE("A chain of blocks takes turns in two places") {
  const MemoryPlan plan = plan_memory({{100, 0, 1}, {60, 1, 2}, {100, 2, 3}, {30, 3, 4}}, 1);
  CHECK(plan.offsets == std::vector<std::size_t>{0, 100, 0, 100});
  CHECK(plan.size == 160);
  CHECK(plan_memory({}, 64).size == 0);
}

TEST_CASE("Blocks begin at multiples of the alignment") {
  const MemoryPlan plan = plan_memory({{3, 0, 1}, {5, 0, 1}, {0, 0, 1}}, 16);
  CHECK(plan.offsets == std::vector<std::size_t>{16, 0, 0});
  CHECK(plan.size == 32);
}

TEST_CASE("Blocks alive at once never overlap, and take little more than what is alive") {
  for (std::uint64_t trial = 0; trial < 50; ++trial) {
    const Random random(trial);
    std::vector<Lifetime> blocks;
    for (std::uint64_t i = 0; i < 40; ++i) {
      const auto bits = random.block(i);
      const std::size_t first = bits[0] % 30;
      blocks.push_back({bits[1] % 1000, first, first + bits[2] % 4});
    }
    const MemoryPlan plan = plan_memory(blocks, 1);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      CHECK(plan.offsets[i] + blocks[i].size <= plan.size);
      for (std::size_t j = 0; j < i; ++j) {
        if (blocks[i].size > 0 && blocks[j].size > 0) CHECK(!overlap(blocks, plan, i, j));
      }
    }
    CHECK(plan.size >= most_alive(blocks));
    CHECK(plan.size <= most_alive(blocks) * 3 / 2);
  }
}

TEST_CASE("What is alive at once") {
  CHECK(most_alive({{10, 0, 2}, {20, 1, 1}, {30, 2, 5}, {5, 3, 3}}) == 40);
  CHECK(most_alive({}) == 0);
}
