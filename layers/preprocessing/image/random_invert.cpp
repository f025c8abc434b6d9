#include "random_invert.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomInvertOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomInvertLayer::RandomInvertLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  probability_ = base_factor(*this, options_.factor, 0, 1);
  colours_ = value_range(*this, options_.value_range);
}

bool RandomInvertLayer::is_inverted(const Draws& draws, std::size_t image) const {
  return draws(image, 1) < probability_.at(draws(image, 0));
}

Tensor RandomInvertLayer::augment(const Tensor& images, const ImageShape& shape,
                                  const Random& random) const {
  Tensor output = images;
  const Draws draws(random, 2);
  for_each_image(shape, [&](std::size_t i) {
    if (!is_inverted(draws, i)) return;
    real* const y = output.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) y[k] = static_cast<real>(colours_.high) - y[k];
  });
  return output;
}

Tensor RandomInvertLayer::augment_backward(Tensor gradient, const Tensor& /*images*/,
                                           const ImageShape& shape, const Random& random) const {
  const Draws draws(random, 2);
  for_each_image(shape, [&](std::size_t i) {
    if (!is_inverted(draws, i)) return;
    real* const g = gradient.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) g[k] = -g[k];
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
