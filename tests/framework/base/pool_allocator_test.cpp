#include "../../../framework/base/pool_allocator.hpp"

#include <cstdint>

#include <doctest/doctest.h>

#include "../../../framework/base/basic_tensor.hpp"

using namespace keratin;

TEST_CASE("a block given back is used again") {
  const auto before = pool::statistics();
  const void* first = nullptr;
  {
    const auto tensor = empty_tensor<float>({100, 100});
    first = tensor.data();
    CHECK(reinterpret_cast<std::uintptr_t>(first) % 64 == 0);
    CHECK(pool::statistics().bytes_in_use >= before.bytes_in_use + 40000);
  }
  const auto tensor = empty_tensor<float>({100, 100});
  CHECK(tensor.data() == first);
}

TEST_CASE("every size gets a block that holds it") {
  for (std::size_t bytes = 1; bytes < 5000; bytes += 7) {
    auto* block = static_cast<unsigned char*>(pool::allocate(bytes));
    block[0] = 1;
    block[bytes - 1] = 1;
    pool::deallocate(block, bytes);
  }
  pool::trim();
  CHECK(pool::statistics().bytes_cached == 0);
}
