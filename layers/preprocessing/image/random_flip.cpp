#include "random_flip.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomFlipOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("seed", seed)("mode", mode);
}

RandomFlipLayer::RandomFlipLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  const std::string& mode = options_.mode;
  const bool both = mode == "horizontal_and_vertical";
  across_ = both || mode == "horizontal";
  down_ = both || mode == "vertical";
  if (!across_ && !down_) {
    refuse("Unknown flip mode ", mode, ". Expected one of ('horizontal', 'vertical', ",
           "'horizontal_and_vertical').");
  }
}

Tensor RandomFlipLayer::augment(const Tensor& images, const ImageShape& shape,
                                const Random& random) const {
  Tensor output = empty(shape_of(images));
  const Draws draws(random, 1);
  for_each_image(shape, [&](std::size_t i) {
    const bool flipped = draws(i) <= 0.5;
    const real* const from = images.data() + i * shape.image();
    real* const to = output.data() + i * shape.image();
    for (std::size_t y = 0; y < shape.height; ++y) {
      const std::size_t source_y = flipped && down_ ? shape.height - 1 - y : y;
      for (std::size_t x = 0; x < shape.width; ++x) {
        const std::size_t source_x = flipped && across_ ? shape.width - 1 - x : x;
        const real* const source =
            from + (source_y * shape.width + source_x) * shape.pixel_stride();
        real* const target = to + (y * shape.width + x) * shape.pixel_stride();
        for (std::size_t c = 0; c < shape.channels; ++c)
          target[c * shape.channel_stride()] = source[c * shape.channel_stride()];
      }
    }
  });
  return output;
}

Tensor RandomFlipLayer::augment_backward(Tensor gradient, const Tensor& /*images*/,
                                         const ImageShape& shape, const Random& random) const {
  // A flip is its own inverse.
  return augment(gradient, shape, random);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
