#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>
#include <hwy/highway.h>

#include "../../framework/base/parallel.hpp"

namespace keratin::testing {

/// Calls `check()` once for each instruction set that this CPU has and the kernels offer.
template <class Check>
void for_each_target(const Check& check) {
  for (std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS; targets != 0;
       targets &= targets - 1) {
    const std::int64_t target = targets & -targets;
    CAPTURE(std::string(hwy::TargetName(target)));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Asserts that `compute()`, which returns a vector, gives the same bits on 1, 2 and 7 threads.
template <class Compute>
void check_same_on_any_threads(const Compute& compute) {
  const int threads = num_threads();
  set_num_threads(1);
  const auto one = compute();
  for (const int count : {2, 7}) {
    set_num_threads(count);
    CHECK(compute() == one);
  }
  set_num_threads(threads);
}

/// Numbers in [-1, 1), the same for the same seed.
template <class T>
std::vector<T> random_values(std::size_t count, std::uint64_t seed = 1) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t x = (seed * 1000003 + i + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    values[i] = static_cast<T>(static_cast<double>(x >> 11) * 0x1p-52 - 1.0);
  }
  return values;
}

/// Asserts that the elements agree to `tolerance` (by default 1e-5 in float, 1e-13 in double)
/// relative to `scale`, the size of the numbers that were summed, or to the element.
template <class T>
void check_close(const std::vector<T>& actual, const std::vector<T>& expected, double scale = 1,
                 double tolerance = std::is_same_v<T, float> ? 1e-5 : 1e-13) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(double{actual[i]} - double{expected[i]});
    if (!(error <= tolerance * std::max(scale, std::abs(double{expected[i]})))) {
      CAPTURE(i);
      CHECK(actual[i] == doctest::Approx(expected[i]).epsilon(tolerance));
      return;
    }
  }
}

}  // namespace keratin::testing
