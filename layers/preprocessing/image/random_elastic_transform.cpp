#include "random_elastic_transform.hpp"

#include <algorithm>

#include "../../../framework/fields_impl.hpp"
#include "blur.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomElasticTransformOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("scale", scale)("interpolation", interpolation)("fill_mode", fill_mode)(
      "fill_value", fill_value)("value_range", value_range)("seed", seed);
}

RandomElasticTransformLayer::RandomElasticTransformLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  probability_ = base_factor(*this, options_.factor, 0, 1);
  scales_ = base_factor(*this, options_.scale, 0, 1, "scale");
  colours_ = value_range(*this, options_.value_range);
  sampling_ =
      sampling_named(*this, options_.fill_mode, options_.interpolation, options_.fill_value, true);
}

RandomElasticTransformLayer::Shifts RandomElasticTransformLayer::shifts(
    const ImageShape& shape, const Random& random) const {
  // The first draw is for all images, the next ones for each; then comes the noise.
  const Draws draws(random, 2, 1);
  const double scale = scales_.at(random.uniform(0));
  const double alpha = 0.1 * scale * static_cast<double>(std::max(shape.height, shape.width));
  const double sigma = 0.05 * scale * static_cast<double>(std::min(shape.height, shape.width));
  const Shape sizes{static_cast<Dim>(shape.batch), static_cast<Dim>(shape.height),
                    static_cast<Dim>(shape.width), 1};
  Shifts shifts{zeros(sizes), zeros(sizes)};
  if (sigma == 0) return shifts;
  const std::vector<real> weights = gaussian(static_cast<std::size_t>(6 * sigma) | 1, sigma);
  std::size_t first = 1 + 2 * shape.batch;
  for (Tensor* const shift : {&shifts.right, &shifts.down}) {
    for (std::size_t k = 0; k < shift->size(); ++k)
      shift->data()[k] = static_cast<real>(random.normal(first + k) * sigma);
    first += shift->size();
    *shift = blurred(*shift, ImageShape(*this, sizes, DataFormat::channels_last), weights, weights);
    for (std::size_t k = 0; k < shift->size(); ++k) {
      const std::size_t image = k / shape.pixels();
      const bool stays = draws(image, 1) >= probability_.at(draws(image, 0));
      shift->data()[k] *= stays ? real{0} : static_cast<real>(alpha);
    }
  }
  return shifts;
}

kernels::WarpCoordinates RandomElasticTransformLayer::coordinates(const ImageShape& shape,
                                                                  const Shifts& shifts) const {
  return [&shape, &shifts](std::size_t image, std::size_t row, double* ys, double* xs) {
    const std::size_t first = (image * shape.height + row) * shape.width;
    for (std::size_t x = 0; x < shape.width; ++x) {
      ys[x] = static_cast<double>(row) + static_cast<double>(shifts.down.data()[first + x]);
      xs[x] = static_cast<double>(x) + static_cast<double>(shifts.right.data()[first + x]);
    }
  };
}

Tensor RandomElasticTransformLayer::moved(const Tensor& images, const ImageShape& shape,
                                          const Shifts& shifts) const {
  Tensor output = empty(shape_of(images));
  kernels::warp(warp_sizes(shape, sampling_), coordinates(shape, shifts), images.data(),
                output.data());
  return output;
}

Tensor RandomElasticTransformLayer::augment(const Tensor& images, const ImageShape& shape,
                                            const Random& random) const {
  if (changes_nothing()) return images;
  Tensor output = moved(images, shape, shifts(shape, random));
  for (real& colour : output) colour = clipped(colour, colours_);
  return output;
}

Tensor RandomElasticTransformLayer::augment_backward(Tensor gradient, const Tensor& images,
                                                     const ImageShape& shape,
                                                     const Random& random) const {
  if (changes_nothing()) return gradient;
  const Shifts drawn = shifts(shape, random);
  const Tensor output = moved(images, shape, drawn);
  for (std::size_t k = 0; k < output.size(); ++k) {
    if (is_clipped(output.data()[k], colours_)) gradient.data()[k] = 0;
  }
  Tensor input_gradient = empty(shape_of(images));
  kernels::warp_backward(warp_sizes(shape, sampling_), coordinates(shape, drawn), gradient.data(),
                         input_gradient.data());
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
