#include <cstdio>
#include <type_traits>

#include <keratin/framework/base/parallel.hpp>
#include <keratin/framework/tensor.hpp>
#include <keratin/keratin.hpp>

// The element type in the headers is the one of the library that was asked for.
static_assert(std::is_same_v<keratin::real, EXPECTED_REAL>);

int main() {
  const keratin::Tensor tensor = keratin::full({2, 3}, 1);
  std::printf("%zu elements, %d threads\n", tensor.size(), keratin::num_threads());
  return tensor.size() == 6 ? 0 : 1;
}
