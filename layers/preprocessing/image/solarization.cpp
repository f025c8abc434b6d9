#include "solarization.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void SolarizationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("value_range", value_range)("addition_factor", addition_factor)(
      "threshold_factor", threshold_factor)("seed", seed);
}

SolarizationLayer::SolarizationLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  const FactorRule rule{
      "The `addition_factor` and `threshold_factor` arguments should be a number (or a list of two "
      "numbers) in the range [0, 1]. ",
      0, 1, false};
  const auto of_bytes = [&](std::string_view name, Numbers& factor) {
    const Range range = named_factor(*this, name, factor, rule);
    factor = pair_of(factor, false);
    return Range{range.low, range.high * 255};
  };
  additions_ = of_bytes("addition_factor", options_.addition_factor);
  thresholds_ = of_bytes("threshold_factor", options_.threshold_factor);
  colours_ = sorted_value_range(*this, options_.value_range);
}

Tensor SolarizationLayer::augment(const Tensor& images, const ImageShape& shape,
                                  const Random& random) const {
  Tensor output = empty(shape_of(images));
  const Draws draws(random, 2);
  for_each_image(shape, [&](std::size_t i) {
    const auto addition = static_cast<real>(additions_.at(draws(i, 0)));
    const auto threshold = static_cast<real>(thresholds_.at(draws(i, 1)));
    const real* const x = images.data() + i * shape.image();
    real* const y = output.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) {
      const real colour = clipped(moved_to_range(x[k], colours_, bytes) + addition, bytes);
      y[k] = moved_to_range(colour < threshold ? colour : 255 - colour, bytes, colours_);
    }
  });
  return output;
}

Tensor SolarizationLayer::augment_backward(Tensor gradient, const Tensor& images,
                                           const ImageShape& shape, const Random& random) const {
  const Draws draws(random, 2);
  for_each_image(shape, [&](std::size_t i) {
    const auto addition = static_cast<real>(additions_.at(draws(i, 0)));
    const auto threshold = static_cast<real>(thresholds_.at(draws(i, 1)));
    const real* const x = images.data() + i * shape.image();
    real* const g = gradient.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) {
      const real colour = moved_to_range(x[k], colours_, bytes) + addition;
      if (is_clipped(colour, bytes)) {
        g[k] = 0;
      } else if (colour >= threshold) {
        g[k] = -g[k];
      }
    }
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
