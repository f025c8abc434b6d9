#include "random_brightness.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomBrightnessOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomBrightnessLayer::RandomBrightnessLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  additions_ = base_factor(*this, options_.factor, -1, 1);
  colours_ = sorted_value_range(*this, options_.value_range);
}

Tensor RandomBrightnessLayer::augment(const Tensor& images, const ImageShape& shape,
                                      const Random& random) const {
  Tensor output = empty(shape_of(images));
  const Draws draws(random, 1);
  for_each_image(shape, [&](std::size_t i) {
    const auto addition =
        static_cast<real>(additions_.at(draws(i)) * (colours_.high - colours_.low));
    const real* const x = images.data() + i * shape.image();
    real* const y = output.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) y[k] = clipped(x[k] + addition, colours_);
  });
  return output;
}

Tensor RandomBrightnessLayer::augment_backward(Tensor gradient, const Tensor& images,
                                               const ImageShape& shape,
                                               const Random& random) const {
  const Draws draws(random, 1);
  for_each_image(shape, [&](std::size_t i) {
    const auto addition =
        static_cast<real>(additions_.at(draws(i)) * (colours_.high - colours_.low));
    const real* const x = images.data() + i * shape.image();
    real* const g = gradient.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) {
      if (is_clipped(x[k] + addition, colours_)) g[k] = 0;
    }
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
