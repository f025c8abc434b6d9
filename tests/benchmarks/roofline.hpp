#pragma once

#include "../../framework/kernels/machine_limits.hpp"
#include "workloads.hpp"

namespace benchmarks {

/// The least time for a workload whose parts are done one after the other.
inline double least_microseconds(const keratin::kernels::MachineLimits& limits,
                                 const Workload& workload) {
  double sum = 0;
  for (const Part& part : workload.parts) {
    sum += limits.microseconds(part.flops, part.bytes, part.reads_only);
  }
  return sum;
}

}  // namespace benchmarks
