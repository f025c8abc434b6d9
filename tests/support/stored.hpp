#pragma once

#include "../../framework/tensor.hpp"

// What is left of numbers in files, which hold float32.
namespace keratin::inline KERATIN_VARIANT::testing {

/// How near a loaded model comes to what was saved, for check_close.
inline constexpr double stored_tolerance = sizeof(real) == sizeof(float) ? 0 : 1e-6;

/// `tensors` as a file gives them back.
inline Tensors stored(Tensors tensors) {
  for (Tensor& tensor : tensors)
    for (real& value : tensor) value = static_cast<real>(static_cast<float>(value));
  return tensors;
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
