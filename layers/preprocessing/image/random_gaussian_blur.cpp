#include "random_gaussian_blur.hpp"

#include <algorithm>
#include <cmath>

#include "../../../framework/fields_impl.hpp"
#include "blur.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomGaussianBlurOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("kernel_size", kernel_size)("sigma", sigma)("value_range", value_range)(
      "seed", seed);
}

RandomGaussianBlurLayer::RandomGaussianBlurLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  probability_ = base_factor(*this, options_.factor, 0, 1);
  Numbers& sizes = options_.kernel_size;
  if (!sizes.is_list()) sizes = Numbers{sizes.values()[0], sizes.values()[0]};
  if (sizes.values().size() != 2) {
    refuse("The `kernel_size` argument should be a number (or a list of two numbers) Received: ",
           "kernel_size=", sizes.text());
  }
  for (const double size : sizes.values()) {
    if (size < 1 || std::fmod(size, 2) != 1)
      refuse("kernel_size must be an odd number. Received: kernel_size=", sizes.text());
  }
  width_ = static_cast<std::size_t>(double{sizes.values()[0]});
  height_ = static_cast<std::size_t>(double{sizes.values()[1]});
  sigmas_ = base_factor(*this, options_.sigma, 0, 1, "sigma");
  colours_ = value_range(*this, options_.value_range);
}

Tensor RandomGaussianBlurLayer::partly_blurred(const Tensor& images, const ImageShape& shape,
                                               const Random& random) const {
  // The first draws are for all images.
  const Draws draws(random, 2, 2);
  const auto sigma = [&](std::size_t k) { return sigmas_.at(random.uniform(k)) + 1e-6; };
  Tensor output = blurred(images, shape, gaussian(height_, sigma(1)), gaussian(width_, sigma(0)));
  for_each_image(shape, [&](std::size_t i) {
    if (draws(i, 1) < probability_.at(draws(i, 0))) return;
    const std::size_t first = i * shape.image();
    std::copy_n(images.data() + first, shape.image(), output.data() + first);
  });
  return output;
}

Tensor RandomGaussianBlurLayer::augment(const Tensor& images, const ImageShape& shape,
                                        const Random& random) const {
  Tensor output = partly_blurred(images, shape, random);
  for (real& colour : output) colour = clipped(colour, colours_);
  return output;
}

Tensor RandomGaussianBlurLayer::augment_backward(Tensor gradient, const Tensor& images,
                                                 const ImageShape& shape,
                                                 const Random& random) const {
  const Tensor output = partly_blurred(images, shape, random);
  for (std::size_t k = 0; k < output.size(); ++k) {
    if (is_clipped(output.data()[k], colours_)) gradient.data()[k] = 0;
  }
  // The kernel is symmetric, so what changes images changes gradients alike.
  return partly_blurred(gradient, shape, random);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
