#include "random_grayscale.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomGrayscaleOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor);
}

RandomGrayscaleLayer::RandomGrayscaleLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  if (!(options_.factor >= 0 && options_.factor <= 1))
    refuse("`factor` should be between 0 and 1. Received: factor=", options_.factor);
}

Tensor RandomGrayscaleLayer::augment(const Tensor& images, const ImageShape& shape,
                                     const Random& random) const {
  const Draws draws(random, 1);
  return towards_grey(*this, images, shape,
                      [&](std::size_t i) { return draws(i) < options_.factor ? 1.0 : 0.0; });
}

Tensor RandomGrayscaleLayer::augment_backward(Tensor gradient, const Tensor& /*images*/,
                                              const ImageShape& shape, const Random& random) const {
  const Draws draws(random, 1);
  return towards_grey_backward(std::move(gradient), shape, [&](std::size_t i) {
    return draws(i) < options_.factor ? 1.0 : 0.0;
  });
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
