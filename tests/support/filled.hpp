#pragma once

#include <algorithm>
#include <vector>

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// A tensor with these elements, in row-major order.
inline Tensor filled(const Shape& shape, const std::vector<double>& values) {
  Tensor tensor = empty(shape);
  std::transform(values.begin(), values.end(), tensor.begin(),
                 [](double value) { return static_cast<real>(value); });
  return tensor;
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
