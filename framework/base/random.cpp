#include "random.hpp"

#include <cmath>
#include <mutex>
#include <numbers>
#include <random>

#include "parallel.hpp"

namespace keratin {
namespace {

constexpr std::size_t grain = 16384;

struct SeedSource {
  std::mutex mutex;
  std::uint64_t seed = std::random_device{}();
  std::uint64_t count = 0;
};

SeedSource& seed_source() {
  static SeedSource source;
  return source;
}

double to_unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 21) ^ (low >> 11);
  return static_cast<double>(bits) * 0x1p-53;
}

/// Box-Muller.
double to_normal(double u, double v) {
  return std::sqrt(-2 * std::log1p(-u)) * std::cos(2 * std::numbers::pi * v);
}

template <class T, class Draw>
void fill(T* values, std::size_t count, const Draw& draw) {
  parallel_for(count, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) values[i] = static_cast<T>(draw(i));
  });
}

}  // namespace

std::array<std::uint32_t, 4> Random::block(std::uint64_t i) const {
  std::array<std::uint32_t, 4> x = {
      static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32),
      static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)};
  auto k0 = static_cast<std::uint32_t>(seed_), k1 = static_cast<std::uint32_t>(seed_ >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * x[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * x[2];
    x = {static_cast<std::uint32_t>(p1 >> 32) ^ x[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ x[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return x;
}

double Random::uniform(std::uint64_t i) const {
  const auto bits = block(i);
  return to_unit(bits[0], bits[1]);
}

double Random::normal(std::uint64_t i) const {
  const auto bits = block(i);
  return to_normal(to_unit(bits[0], bits[1]), to_unit(bits[2], bits[3]));
}

double Random::truncated_normal(std::uint64_t i) const {
  // Each further try draws from a stream of its own, so that elements stay independent.
  Random tries = *this;
  for (;;) {
    const double value = tries.normal(i);
    if (std::abs(value) <= 2) return value;
    tries.stream_ += std::uint64_t{1} << 56;
  }
}

std::uint64_t Random::below(std::uint64_t i, std::uint64_t bound) const {
  return static_cast<std::uint64_t>(uniform(i) * static_cast<double>(bound));
}

template <class T>
void Random::fill_uniform(T* values, std::size_t count, double low, double high) const {
  fill(values, count, [&](std::size_t i) { return low + (high - low) * uniform(i); });
}

template <class T>
void Random::fill_normal(T* values, std::size_t count, double mean, double stddev) const {
  fill(values, count, [&](std::size_t i) { return mean + stddev * normal(i); });
}

template <class T>
void Random::fill_truncated_normal(T* values, std::size_t count, double mean, double stddev) const {
  fill(values, count, [&](std::size_t i) { return mean + stddev * truncated_normal(i); });
}

template void Random::fill_uniform(float*, std::size_t, double, double) const;
template void Random::fill_uniform(double*, std::size_t, double, double) const;
template void Random::fill_normal(float*, std::size_t, double, double) const;
template void Random::fill_normal(double*, std::size_t, double, double) const;
template void Random::fill_truncated_normal(float*, std::size_t, double, double) const;
template void Random::fill_truncated_normal(double*, std::size_t, double, double) const;

void set_random_seed(std::uint64_t seed) {
  SeedSource& source = seed_source();
  const std::lock_guard lock(source.mutex);
  source.seed = seed;
  source.count = 0;
}

std::uint64_t next_seed() {
  SeedSource& source = seed_source();
  const std::lock_guard lock(source.mutex);
  return Random(source.seed).block(source.count++)[0];
}

}  // namespace keratin
