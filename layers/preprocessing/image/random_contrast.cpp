#include "random_contrast.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Calls `work(first, mean)` for each channel of image `i`: the place of its first pixel and the
/// mean of its colours.
template <class Work>
void for_each_channel(const Tensor& images, const ImageShape& shape, std::size_t i,
                      const Work& work) {
  for (std::size_t c = 0; c < shape.channels; ++c) {
    const std::size_t first = i * shape.image() + c * shape.channel_stride();
    double sum = 0;
    for (std::size_t p = 0; p < shape.pixels(); ++p)
      sum += static_cast<double>(images.data()[first + p * shape.pixel_stride()]);
    work(first, static_cast<real>(sum / static_cast<double>(shape.pixels())));
  }
}

}  // namespace

void RandomContrastOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("value_range", value_range)("seed", seed);
}

RandomContrastLayer::RandomContrastLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  const Range range = base_factor(*this, options_.factor, 0, 1);
  factors_ = {1 - range.low, 1 + range.high};
  colours_ = value_range(*this, options_.value_range);
}

Tensor RandomContrastLayer::augment(const Tensor& images, const ImageShape& shape,
                                    const Random& random) const {
  Tensor output = empty(shape_of(images));
  const Draws draws(random, 1);
  for_each_image(shape, [&](std::size_t i) {
    const auto factor = static_cast<real>(factors_.at(draws(i)));
    for_each_channel(images, shape, i, [&](std::size_t first, real mean) {
      for (std::size_t p = 0; p < shape.pixels(); ++p) {
        const std::size_t k = first + p * shape.pixel_stride();
        output.data()[k] = clipped((images.data()[k] - mean) * factor + mean, colours_);
      }
    });
  });
  return output;
}

Tensor RandomContrastLayer::augment_backward(Tensor gradient, const Tensor& images,
                                             const ImageShape& shape, const Random& random) const {
  const Draws draws(random, 1);
  for_each_image(shape, [&](std::size_t i) {
    const auto factor = static_cast<real>(factors_.at(draws(i)));
    for_each_channel(images, shape, i, [&](std::size_t first, real mean) {
      double sum = 0;
      for (std::size_t p = 0; p < shape.pixels(); ++p) {
        const std::size_t k = first + p * shape.pixel_stride();
        real& g = gradient.data()[k];
        if (is_clipped((images.data()[k] - mean) * factor + mean, colours_)) g = 0;
        sum += static_cast<double>(g);
      }
      const real through_mean =
          (1 - factor) * static_cast<real>(sum / static_cast<double>(shape.pixels()));
      for (std::size_t p = 0; p < shape.pixels(); ++p) {
        real& g = gradient.data()[first + p * shape.pixel_stride()];
        g = g * factor + through_mean;
      }
    });
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
