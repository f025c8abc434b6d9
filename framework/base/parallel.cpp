#include "parallel.hpp"

#include <algorithm>
#include <exception>

#include <omp.h>

#include "error.hpp"

namespace keratin {

int num_threads() { return omp_get_max_threads(); }

void set_num_threads(int count) {
  if (count < 1) {
    throw ValueError(concat("set_num_threads: `count` must be at least 1. Received: ", count));
  }
  omp_set_num_threads(count);
}

void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  const std::size_t pieces = count / std::max<std::size_t>(grain, 1);
  const std::size_t threads =
      omp_in_parallel() ? 1 : std::min(pieces, static_cast<std::size_t>(num_threads()));
  if (threads <= 1) return body(0, count);
  std::exception_ptr failure;
#pragma omp parallel num_threads(static_cast <int>(threads))
  {
    // The team may be smaller than asked for.
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    const auto rank = static_cast<std::size_t>(omp_get_thread_num());
    try {
      const std::size_t begin = count * rank / team, end = count * (rank + 1) / team;
      if (begin < end) body(begin, end);
    } catch (...) {
#pragma omp critical(keratin_parallel_for)
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace keratin
