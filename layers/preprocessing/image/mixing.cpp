#include "mixing.hpp"

#include <numeric>
#include <utility>

namespace keratin {

std::vector<std::size_t> shuffled(const Random& random, std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
  return order;
}

}  // namespace keratin
