#pragma once

#include <vector>

#include "beta.hpp"
#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// One of several changes that a layer makes one after the other.
struct Stage {
  const RandomImageLayer* layer;
  Random random;
};

Tensor run_stages(Tensor images, const ImageShape& shape, const std::vector<Stage>& stages);
Tensor run_stages_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                           const std::vector<Stage>& stages);

}  // namespace keratin::inline KERATIN_VARIANT::layers
