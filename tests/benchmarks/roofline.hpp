#pragma once

#include <cstddef>
#include <vector>

#include "workloads.hpp"

namespace benchmarks {

/// What the machine allows a number of threads.
struct Roofline {
  struct Memory {
    const char* level;
    std::size_t bytes;  ///< of the working set, all threads together
    double read, copy;  ///< bytes per microsecond
  };

  int threads;
  const char* vectors;         ///< the instruction set
  double flops;                ///< per microsecond
  std::vector<Memory> memory;  ///< by growing working set

  double microseconds(const Part& part) const;
  double microseconds(const Workload& workload) const;
};

/// Takes about three seconds.
Roofline measure_roofline(int threads);

}  // namespace benchmarks
