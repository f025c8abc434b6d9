#include "pool_allocator.hpp"

#include <array>
#include <bit>
#include <mutex>
#include <new>
#include <vector>

namespace keratin::pool {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t smallest_class = 256;
// Four classes per power of two: at most a quarter of a block is unused.
constexpr std::size_t steps = 4;
constexpr std::size_t class_count = 48 * steps;
// What a pool may hold back from the system; beyond it, blocks are freed.
constexpr std::size_t cache_limit = std::size_t{4} << 30;

struct SizeClass {
  std::size_t index;
  std::size_t bytes;
};

SizeClass class_of(std::size_t bytes) {
  if (bytes <= smallest_class) return {0, smallest_class};
  const std::size_t below = std::bit_floor(bytes - 1);
  const std::size_t step = below / steps;
  const std::size_t k = (bytes - 1 - below) / step + 1;
  const auto octave =
      static_cast<std::size_t>(std::bit_width(below) - std::bit_width(smallest_class));
  return {1 + octave * steps + k - 1, below + k * step};
}

struct Pool {
  std::mutex mutex;
  std::array<std::vector<void*>, class_count> free;
  Statistics statistics;
};

Pool& instance() {
  // Never destroyed: tensors with static storage may outlive every other static object.
  static Pool& pool = *new Pool;
  return pool;
}

void* from_system(std::size_t bytes) { return ::operator new (bytes, std::align_val_t{alignment}); }
void to_system(void* block) noexcept { ::operator delete (block, std::align_val_t{alignment}); }

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 52)) throw std::bad_alloc();
  const SizeClass size = class_of(bytes);
  Pool& pool = instance();
  {
    const std::lock_guard lock(pool.mutex);
    auto& free = pool.free[size.index];
    if (!free.empty()) {
      void* block = free.back();
      free.pop_back();
      pool.statistics.bytes_cached -= size.bytes;
      pool.statistics.bytes_in_use += size.bytes;
      return block;
    }
  }
  void* block = from_system(size.bytes);
  const std::lock_guard lock(pool.mutex);
  pool.statistics.bytes_in_use += size.bytes;
  ++pool.statistics.system_requests;
  return block;
}

void deallocate(void* block, std::size_t bytes) noexcept {
  const SizeClass size = class_of(bytes);
  Pool& pool = instance();
  {
    const std::lock_guard lock(pool.mutex);
    pool.statistics.bytes_in_use -= size.bytes;
    if (pool.statistics.bytes_cached + size.bytes <= cache_limit) {
      try {
        pool.free[size.index].push_back(block);
        pool.statistics.bytes_cached += size.bytes;
        return;
      } catch (const std::bad_alloc&) {
        // The list itself cannot grow: free the block below.
      }
    }
  }
  to_system(block);
}

Statistics statistics() {
  Pool& pool = instance();
  const std::lock_guard lock(pool.mutex);
  return pool.statistics;
}

void trim() noexcept {
  Pool& pool = instance();
  const std::lock_guard lock(pool.mutex);
  for (auto& free : pool.free) {
    for (void* block : free) to_system(block);
    free.clear();
  }
  pool.statistics.bytes_cached = 0;
}

}  // namespace keratin::pool
