#include "grey.hpp"

#include "colours.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Calls `work(part, rgb)` with pointers to the three colours of each pixel.
template <class Work>
void for_each_colour(Tensor& images, const ImageShape& shape,
                     const std::function<double(std::size_t)>& part, const Work& work) {
  if (shape.channels != 3) return;
  for_each_image(shape, [&](std::size_t i) {
    const auto amount = static_cast<real>(part(i));
    if (amount == 0) return;
    for (std::size_t p = 0; p < shape.pixels(); ++p) {
      real* const first = images.data() + i * shape.image() + p * shape.pixel_stride();
      work(amount, Colour<real*>{first, first + shape.channel_stride(),
                                 first + 2 * shape.channel_stride()});
    }
  });
}

}  // namespace

Tensor towards_grey(const Layer& layer, const Tensor& images, const ImageShape& shape,
                    const std::function<double(std::size_t)>& part) {
  check_channels(layer, shape, true);
  Tensor output = images;
  for_each_colour(output, shape, part, [](real amount, const Colour<real*>& rgb) {
    const real grey = grey_of(Colour<real>{*rgb[0], *rgb[1], *rgb[2]});
    for (real* const colour : rgb)
      *colour = amount == 1 ? grey : *colour + amount * (grey - *colour);
  });
  return output;
}

Tensor towards_grey_backward(Tensor gradient, const ImageShape& shape,
                             const std::function<double(std::size_t)>& part) {
  for_each_colour(gradient, shape, part, [](real amount, const Colour<real*>& rgb) {
    const real sum = amount * (*rgb[0] + *rgb[1] + *rgb[2]);
    const Colour<real> weights{real(0.2989), real(0.5870), real(0.1140)};
    for (std::size_t c = 0; c < 3; ++c) *rgb[c] = (1 - amount) * *rgb[c] + weights[c] * sum;
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
