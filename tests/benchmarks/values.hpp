#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace benchmarks {

/// `count` floats between -0.5 and 0.5, at the beginning of a page, with room behind them (XNNPACK
/// reads past the end). Copies share them.
class Values {
 public:
  explicit Values(std::size_t count) : count_(count) {
    constexpr std::size_t page = 4096;
    const std::size_t bytes = (count * sizeof(float) + 2 * page - 1) / page * page;
    data_.reset(static_cast<float*>(std::aligned_alloc(page, bytes)), std::free);
    if (!data_) throw std::bad_alloc();
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < bytes / sizeof(float); ++i) {
      state = state * 1664525u + 1013904223u;
      data_.get()[i] = static_cast<float>(state >> 16) / 65536.f - .5f;
    }
  }
  float* data() const { return data_.get(); }
  std::size_t size() const { return count_; }

 private:
  std::size_t count_;
  std::shared_ptr<float> data_;
};

}  // namespace benchmarks
