#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../base/pool_allocator.hpp"

namespace keratin::kernels {

/// A copy in float of an array of 16-bit elements, which may be null.
class Widened {
 public:
  template <class T>
  Widened(const T* values, std::size_t count) {
    if (!values) return;
    values_.resize(count);
    std::transform(values, values + count, values_.begin(), [](T value) { return float{value}; });
  }
  /// Room for results.
  explicit Widened(std::size_t count) : values_(count) {}

  const float* data() const { return values_.empty() ? nullptr : values_.data(); }
  float* data() { return values_.empty() ? nullptr : values_.data(); }

  template <class T>
  void narrow_to(T* result) const {
    std::transform(values_.begin(), values_.end(), result, [](float value) { return T(value); });
  }

 private:
  std::vector<float, PoolAllocator<float>> values_;
};

}  // namespace keratin::kernels
