#pragma once

#include "../../../framework/kernels/resample.hpp"
#include "image_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// How images get another size (keras.ops.image.resize).
struct Resize {
  /// What becomes of the shape of an image: it is lost, or kept by cutting off or adding at two
  /// sides.
  enum class Aspect { lost, cropped, padded };

  Dim height, width;
  kernels::Interpolation interpolation = kernels::Interpolation::bilinear;
  bool antialias = false;
  Aspect aspect = Aspect::lost;
  double fill_value = 0;

  Tensor forward(const Layer& layer, const Tensor& images, DataFormat format) const;
  /// The gradient to images of `shape`.
  Tensor backward(const Layer& layer, Tensor gradient, const Shape& shape, DataFormat format) const;
};

/// Throws ValueError unless both are positive.
void check_size(const Layer& layer, Dim height, Dim width);

}  // namespace keratin::inline KERATIN_VARIANT::layers
