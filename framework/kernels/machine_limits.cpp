#include "machine_limits.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include <omp.h>

#include "scratch.hpp"
#include "simd.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/machine_limits.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace keratin::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr std::size_t chains = 12;  // multiplications and additions under way at once

/// Returns how many multiplications and additions were made.
double multiply_add(std::size_t rounds, float* result) {
  const hn::ScalableTag<float> d;
  hn::Vec<decltype(d)> sums[chains];
  KERATIN_UNROLL
  for (std::size_t i = 0; i < chains; ++i) sums[i] = hn::Set(d, static_cast<float>(i));
  const auto factor = hn::Set(d, result[0]), term = hn::Set(d, result[1]);
  for (std::size_t round = 0; round < rounds; ++round) {
    KERATIN_UNROLL
    for (std::size_t i = 0; i < chains; ++i) sums[i] = hn::MulAdd(sums[i], factor, term);
  }
  auto sum = sums[0];
  for (std::size_t i = 1; i < chains; ++i) sum = hn::Add(sum, sums[i]);
  result[2] = hn::GetLane(sum);
  return 2. * static_cast<double>(rounds * chains * hn::Lanes(d));
}

void read(const float* from, std::size_t count, float* result) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<decltype(d)> sums[8];
  KERATIN_UNROLL
  for (std::size_t i = 0; i < 8; ++i) sums[i] = hn::Zero(d);
  for (std::size_t at = 0; at + 8 * lanes <= count; at += 8 * lanes) {
    KERATIN_UNROLL
    for (std::size_t i = 0; i < 8; ++i) {
      sums[i] = hn::Add(sums[i], hn::LoadU(d, from + at + i * lanes));
    }
  }
  auto sum = sums[0];
  for (std::size_t i = 1; i < 8; ++i) sum = hn::Add(sum, sums[i]);
  result[0] = hn::GetLane(sum);
}

void copy(const float* from, std::size_t count, float* to) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto factor = hn::Set(d, 1.01f);
  for (std::size_t at = 0; at + 4 * lanes <= count; at += 4 * lanes) {
    KERATIN_UNROLL
    for (std::size_t i = 0; i < 4; ++i) {
      hn::StoreU(hn::Mul(factor, hn::LoadU(d, from + at + i * lanes)), d, to + at + i * lanes);
    }
  }
}

const char* vectors() { return hwy::TargetName(HWY_TARGET); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace keratin::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace keratin::kernels {

namespace {

HWY_EXPORT(multiply_add);
HWY_EXPORT(read);
HWY_EXPORT(copy);
HWY_EXPORT(vectors);

/// The least time that all threads take to be through with `body(thread)`.
double least_microseconds(int threads, int repeats, const std::function<void(int)>& body) {
  using Clock = std::chrono::steady_clock;
  double least = 1e30;
  for (int i = 0; i <= repeats; ++i) {  // the first warms up
    const auto begin = Clock::now();
#pragma omp parallel num_threads(threads)
    body(omp_get_thread_num());
    const std::chrono::duration<double, std::micro> time = Clock::now() - begin;
    if (i > 0) least = std::min(least, time.count());
  }
  return least;
}

double peak_flops(int threads) {
  constexpr std::size_t rounds = 200000;
  std::vector<double> done(static_cast<std::size_t>(threads));
  const double time = least_microseconds(threads, 60, [&](int thread) {
    float values[16] = {.5f, 1.f};
    done[static_cast<std::size_t>(thread)] = HWY_DYNAMIC_DISPATCH(multiply_add)(rounds, values);
  });
  double sum = 0;
  for (const double flops : done) sum += flops;
  return sum / time;
}

MachineLimits::Memory bandwidth(int threads, const char* level, std::size_t bytes) {
  const std::size_t count = bytes / sizeof(float) / static_cast<std::size_t>(threads);
  const auto each = (count + 1023) / 1024 * 1024;  // in whole pages
  const Scratch<float> values(each * static_cast<std::size_t>(threads));
  std::fill_n(values.data(), each * static_cast<std::size_t>(threads), 1.f);
  const std::size_t passes = std::max<std::size_t>(1, (std::size_t{8} << 20) / bytes);
  const int repeats = bytes > std::size_t{32} << 20 ? 8 : 30;
  const auto at = [&](int thread) {
    return values.data() + static_cast<std::size_t>(thread) * each;
  };
  const double read_time = least_microseconds(threads, repeats, [&](int thread) {
    float result = 0;
    for (std::size_t i = 0; i < passes; ++i) {
      HWY_DYNAMIC_DISPATCH(read)(at(thread), count, &result);
    }
  });
  const double copy_time = least_microseconds(threads, repeats, [&](int thread) {
    for (std::size_t i = 0; i < passes; ++i) {
      HWY_DYNAMIC_DISPATCH(copy)(at(thread), count / 2, at(thread) + count / 2);
    }
  });
  const auto moved = static_cast<double>(passes * bytes);
  return {level, bytes, moved / read_time, moved / copy_time};
}

}  // namespace

MachineLimits measure_machine_limits(int threads) {
  MachineLimits result{threads, HWY_DYNAMIC_DISPATCH(vectors)(), peak_flops(threads), {}};
  const auto each = static_cast<std::size_t>(threads);
  constexpr std::size_t kilobyte = 1024, megabyte = 1024 * kilobyte;
  result.memory = {
      bandwidth(threads, "L1", 24 * kilobyte * each),
      bandwidth(threads, "L2", 600 * kilobyte * each), bandwidth(threads, "L3", 12 * megabyte),
      bandwidth(threads, "L3 or DRAM", 48 * megabyte), bandwidth(threads, "DRAM", 512 * megabyte)};
  // A larger working set is never faster to reach: where it seems so, that was noise.
  for (std::size_t i = result.memory.size() - 1; i > 0; --i) {
    MachineLimits::Memory& nearer = result.memory[i - 1];
    nearer.read = std::max(nearer.read, result.memory[i].read);
    nearer.copied = std::max(nearer.copied, result.memory[i].copied);
  }
  return result;
}

double MachineLimits::microseconds(double operations, double bytes, bool reads_only) const {
  const Memory* level = &memory.back();
  for (const Memory& candidate : memory) {
    if (bytes > static_cast<double>(candidate.bytes)) continue;
    level = &candidate;
    break;
  }
  return std::max(operations / flops, bytes / (reads_only ? level->read : level->copied));
}

}  // namespace keratin::kernels
#endif
