#pragma once

#include <vector>

#include "../../../framework/base/random.hpp"

namespace keratin {

/// The numbers below `count` in random order.
std::vector<std::size_t> shuffled(const Random& random, std::size_t count);

}  // namespace keratin
