#include "random_posterization.hpp"

#include <cmath>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomPosterizationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomPosterizationLayer::RandomPosterizationLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  bits_ = base_factor(*this, options_.factor, 1, 8);
  for (const double bits : {bits_.low, bits_.high}) {
    if (bits != std::floor(bits) || bits < 1 || bits > 8)
      refuse("`factor` must be whole numbers from 1 to 8. Received: factor=",
             options_.factor.text());
  }
  colours_ = sorted_value_range(*this, options_.value_range);
}

Tensor RandomPosterizationLayer::augment(const Tensor& images, const ImageShape& shape,
                                         const Random& random) const {
  Tensor output = empty(shape_of(images));
  const Draws draws(random, 1);
  for_each_image(shape, [&](std::size_t i) {
    const double bits = std::floor(bits_.at(draws(i)));
    const double step = std::exp2(8 - bits);
    const real* const x = images.data() + i * shape.image();
    real* const y = output.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) {
      const real byte = clipped(moved_to_range(x[k], colours_, bytes), bytes);
      const double kept = std::floor(std::floor(static_cast<double>(byte)) / step) * step;
      y[k] = moved_to_range(static_cast<real>(kept), bytes, colours_);
    }
  });
  return output;
}

Tensor RandomPosterizationLayer::augment_backward(Tensor gradient, const Tensor& /*images*/,
                                                  const ImageShape& /*shape*/,
                                                  const Random& /*random*/) const {
  gradient.fill(0);
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
