#pragma once

#include <cstddef>

namespace keratin {

/// Blocks of memory, recycled: a block given back is kept for the next request of its size class,
/// so that a steady training step or prediction asks the system for nothing. Safe from many
/// threads. Blocks are aligned to 64 bytes, a cache line and the widest vector.
namespace pool {

/// At least `bytes` bytes. Throws std::bad_alloc when there is no memory.
void* allocate(std::size_t bytes);
/// Gives back what allocate(bytes) returned.
void deallocate(void* block, std::size_t bytes) noexcept;

struct Statistics {
  std::size_t bytes_in_use = 0;
  std::size_t bytes_cached = 0;     ///< held for reuse
  std::size_t system_requests = 0;  ///< blocks asked of the system since the program began
};
Statistics statistics();

/// Returns the cached blocks to the system.
void trim() noexcept;

}  // namespace pool

/// The allocator behind Tensor.
template <class T>
class PoolAllocator {
 public:
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return static_cast<T*>(pool::allocate(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) noexcept {
    pool::deallocate(block, count * sizeof(T));
  }
  friend bool operator==(PoolAllocator, PoolAllocator) { return true; }
};

}  // namespace keratin
