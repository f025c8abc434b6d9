#include "../../../framework/kernels/machine_limits.hpp"

#include <doctest/doctest.h>

using keratin::kernels::MachineLimits;

TEST_CASE("the limit is the slower of computing and moving") {
  const MachineLimits limits{
      1, "", 100, {{"L1", 1000, 50, 40}, {"L2", 10000, 20, 10}, {"DRAM", 100000, 4, 2}}};
  CHECK(limits.microseconds(1000, 40) == 10);
  CHECK(limits.microseconds(0, 400) == 10);
  CHECK(limits.microseconds(0, 400, true) == 8);
  CHECK(limits.microseconds(0, 2000) == 200);
  CHECK(limits.microseconds(0, 200000) == 100000);  // larger than all that was measured
}
