#pragma once

#include <cstddef>
#include <vector>

namespace keratin::kernels {

/// What the machine allows a number of threads: the roofline under which computations stay.
struct MachineLimits {
  struct Memory {
    const char* level;
    std::size_t bytes;    ///< of the working set, all threads together
    double read, copied;  ///< bytes per microsecond
  };

  int threads;
  const char* vectors;         ///< the instruction set
  double flops;                ///< per microsecond, in float
  std::vector<Memory> memory;  ///< by growing working set

  /// The least time for `operations` floating-point operations on `bytes`, read or copied once from
  /// the memory that holds them.
  double microseconds(double operations, double bytes, bool reads_only = false) const;
};

/// Takes about three seconds.
MachineLimits measure_machine_limits(int threads);

}  // namespace keratin::kernels
