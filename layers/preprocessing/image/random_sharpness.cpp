#include "random_sharpness.hpp"

#include "../../../framework/fields_impl.hpp"
#include "blur.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomSharpnessOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomSharpnessLayer::RandomSharpnessLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  factors_ = base_factor(*this, options_.factor, 0, 1);
  colours_ = sorted_value_range(*this, options_.value_range);
}

Tensor RandomSharpnessLayer::sharpened(const Tensor& images, const ImageShape& shape,
                                       const Draws& draws) const {
  Tensor kernel = full({3, 3}, static_cast<real>(1 / 13.0));
  kernel(1, 1) = static_cast<real>(5 / 13.0);
  Tensor output = convolved(images, shape, kernel);
  for_each_image(shape, [&](std::size_t i) {
    const auto part = static_cast<real>(1 - 2 * factors_.at(draws(i)));
    const real* const x = images.data() + i * shape.image();
    real* const y = output.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) y[k] = x[k] + part * (y[k] - x[k]);
  });
  return output;
}

Tensor RandomSharpnessLayer::augment(const Tensor& images, const ImageShape& shape,
                                     const Random& random) const {
  Tensor output = sharpened(images, shape, Draws(random, 1));
  for (real& colour : output) colour = clipped(colour, colours_);
  return output;
}

Tensor RandomSharpnessLayer::augment_backward(Tensor gradient, const Tensor& images,
                                              const ImageShape& shape, const Random& random) const {
  const Draws draws(random, 1);
  const Tensor output = sharpened(images, shape, draws);
  for (std::size_t k = 0; k < output.size(); ++k) {
    if (is_clipped(output.data()[k], colours_)) gradient.data()[k] = 0;
  }
  // The kernel is symmetric, so what changes images changes gradients alike.
  return sharpened(gradient, shape, draws);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
