#pragma once

#include <cstddef>
#include <functional>

namespace keratin {

/// The number of threads the library computes with; at first what OpenMP offers (OMP_NUM_THREADS).
int num_threads();
/// Sets it for the calling thread's further computations. Throws ValueError unless count >= 1.
void set_num_threads(int count);

/// Calls `body(begin, end)` on consecutive pieces of [0, count), from several threads at once.
/// Pieces hold at least `grain` items, and one piece runs on the calling thread. How the range is
/// cut depends on the number of threads: `body` must give each item the same result in any cut.
/// The first exception thrown by `body` is thrown on.
void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace keratin
