#pragma once

#include <functional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Images of which each is mixed with itself in grey: `part(image)` of it, 0 to 1. Of images with
/// one channel all are grey.
Tensor towards_grey(const Layer& layer, const Tensor& images, const ImageShape& shape,
                    const std::function<double(std::size_t image)>& part);
Tensor towards_grey_backward(Tensor gradient, const ImageShape& shape,
                             const std::function<double(std::size_t image)>& part);

}  // namespace keratin::inline KERATIN_VARIANT::layers
