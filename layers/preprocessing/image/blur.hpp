#pragma once

#include <vector>

#include "image_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Each channel convolved with the kernel rows[i] * columns[j], beyond the border zeros; both have
/// odd lengths and are symmetric, so that this is its own gradient.
Tensor blurred(const Tensor& images, const ImageShape& shape, const std::vector<real>& rows,
               const std::vector<real>& columns);
/// The same with a kernel of its own, (height, width).
Tensor convolved(const Tensor& images, const ImageShape& shape, const Tensor& kernel);

/// exp(-x^2 / (2 sigma^2)) around the middle of `size` places, divided by their sum.
std::vector<real> gaussian(std::size_t size, double sigma);

}  // namespace keratin::inline KERATIN_VARIANT::layers
