#include "random_color_degeneration.hpp"

#include "../../../framework/fields_impl.hpp"
#include "grey.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomColorDegenerationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomColorDegenerationLayer::RandomColorDegenerationLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  parts_ = base_factor(*this, options_.factor, -1, 1);
  colours_ = sorted_value_range(*this, options_.value_range);
}

Tensor RandomColorDegenerationLayer::degenerated(const Tensor& images, const ImageShape& shape,
                                                 const Draws& draws) const {
  return towards_grey(*this, images, shape, [&](std::size_t i) { return parts_.at(draws(i)); });
}

Tensor RandomColorDegenerationLayer::augment(const Tensor& images, const ImageShape& shape,
                                             const Random& random) const {
  Tensor output = degenerated(images, shape, Draws(random, 1));
  for (real& colour : output) colour = clipped(colour, colours_);
  return output;
}

Tensor RandomColorDegenerationLayer::augment_backward(Tensor gradient, const Tensor& images,
                                                      const ImageShape& shape,
                                                      const Random& random) const {
  const Draws draws(random, 1);
  const Tensor output = degenerated(images, shape, draws);
  for (std::size_t k = 0; k < output.size(); ++k) {
    if (is_clipped(output.data()[k], colours_)) gradient.data()[k] = 0;
  }
  return towards_grey_backward(std::move(gradient), shape,
                               [&](std::size_t i) { return parts_.at(draws(i)); });
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
