#pragma once

#include <array>
#include <string>
#include <vector>

#include "../../../framework/kernels/warp.hpp"
#include "random_image.hpp"

// What the layers that move pixels share.
namespace keratin::inline KERATIN_VARIANT::layers {

/// How images are read between and beyond their pixels.
struct Sampling {
  kernels::FillMode mode = kernels::FillMode::reflect;
  double fill_value = 0;
  bool linear = true;
};

/// The sampling that these arguments name; refuses others in Keras's words. "mirror" is one of the
/// fill modes where `mirror_allowed`.
Sampling sampling_named(const Layer& layer, const std::string& fill_mode,
                        const std::string& interpolation, double fill_value,
                        bool mirror_allowed = false);

/// [a0, a1, a2, b0, b1, b2, c0, c1]: pixel (x, y) of the output is that of the input at
/// ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1
/// (keras.ops.image.affine_transform).
using Projection = std::array<double, 8>;

/// Each image read where its projection says.
Tensor projected(const Tensor& images, const ImageShape& shape,
                 const std::vector<Projection>& projections, const Sampling& sampling);
Tensor projected_backward(const Tensor& gradient, const ImageShape& shape,
                          const std::vector<Projection>& projections, const Sampling& sampling);

kernels::WarpSizes warp_sizes(const ImageShape& shape, const Sampling& sampling);

/// A layer that changes each image by a projection of its own.
template <class Derived, class Options>
class ProjectedImage : public RandomImage<Derived, Options> {
 public:
  using RandomImage<Derived, Options>::RandomImage;

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override {
    return projected(images, shape, projections(shape, random), sampling_);
  }
  Tensor augment_backward(Tensor gradient, const Tensor& /*images*/, const ImageShape& shape,
                          const Random& random) const override {
    return projected_backward(gradient, shape, projections(shape, random), sampling_);
  }

  /// One for each image.
  virtual std::vector<Projection> projections(const ImageShape& shape,
                                              const Random& random) const = 0;

 protected:
  Sampling sampling_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
