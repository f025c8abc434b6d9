#pragma once

#include <cstddef>

#include "../base/pool_allocator.hpp"

namespace keratin::kernels {

/// Room for `count` elements out of the pool, for the time of a call. Aligned to 64 bytes, and not
/// initialised.
template <class T>
class Scratch {
 public:
  explicit Scratch(std::size_t count)
      : count_(count), data_(count ? PoolAllocator<T>().allocate(count) : nullptr) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    if (data_) PoolAllocator<T>().deallocate(data_, count_);
  }

  T* data() const { return data_; }

 private:
  std::size_t count_;
  T* data_;
};

}  // namespace keratin::kernels
