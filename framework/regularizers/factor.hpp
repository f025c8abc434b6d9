#pragma once

#include <cmath>
#include <string_view>

#include "../base/error.hpp"
#include "../tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::regularizers {

/// Throws ValueError unless `factor` is finite and not negative.
inline void check_factor(std::string_view name, double factor) {
  if (std::isfinite(factor) && factor >= 0) return;
  throw ValueError(concat("Invalid value for argument ", name,
                          ": expected a non-negative float. Received: ", name, "=", factor));
}

}  // namespace keratin::inline KERATIN_VARIANT::regularizers
