#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace keratin {

/// Random numbers by position: element i of a stream depends on (seed, stream, i) alone, so any
/// number of threads produces the same ones. Philox4x32-10 (Salmon et al., "Parallel random
/// numbers: as easy as 1, 2, 3", 2011).
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// Four independent 32-bit numbers.
  std::array<std::uint32_t, 4> block(std::uint64_t i) const;
  /// Uniform in [0, 1), with 53 random bits.
  double uniform(std::uint64_t i) const;
  /// Standard normal.
  double normal(std::uint64_t i) const;
  /// Standard normal, drawn again until within two standard deviations.
  double truncated_normal(std::uint64_t i) const;
  /// A random integer in [0, bound).
  std::uint64_t below(std::uint64_t i, std::uint64_t bound) const;

  /// Fills `values` with element 0 .. count-1 of uniform(), scaled to [low, high).
  template <class T>
  void fill_uniform(T* values, std::size_t count, double low, double high) const;
  template <class T>
  void fill_normal(T* values, std::size_t count, double mean, double stddev) const;
  template <class T>
  void fill_truncated_normal(T* values, std::size_t count, double mean, double stddev) const;

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
};

/// Makes everything random that follows (initial weights, dropout, shuffling) repeatable, as
/// keras.utils.set_random_seed does. Without it a program starts from a seed of the system's.
void set_random_seed(std::uint64_t seed);
/// A seed for an object that was given none; fits into 32 bits.
std::uint64_t next_seed();

}  // namespace keratin
