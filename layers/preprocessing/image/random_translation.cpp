#include "random_translation.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomTranslationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("height_factor", height_factor)("width_factor", width_factor)("fill_mode", fill_mode)(
      "interpolation", interpolation)("seed", seed)("fill_value", fill_value);
}

RandomTranslationLayer::RandomTranslationLayer(Options options, LayerOptions common)
    : ProjectedImage(std::move(options), std::move(common)) {
  const FactorRule rule{
      "The `factor` argument should be a number (or a list of two numbers) in the range "
      "[-1.0, 1.0]. ",
      -1, 1, true};
  heights_ = named_factor(*this, "height_factor", options_.height_factor, rule);
  widths_ = named_factor(*this, "width_factor", options_.width_factor, rule);
  sampling_ =
      sampling_named(*this, options_.fill_mode, options_.interpolation, options_.fill_value);
}

std::vector<Projection> RandomTranslationLayer::projections(const ImageShape& shape,
                                                            const Random& random) const {
  const Draws draws(random, 2);
  std::vector<Projection> all;
  for (std::size_t i = 0; i < shape.batch; ++i) {
    const double down = heights_.at(draws(i, 0)) * static_cast<double>(shape.height);
    const double right = widths_.at(draws(i, 1)) * static_cast<double>(shape.width);
    all.push_back({1, 0, -right, 0, 1, -down, 0, 0});
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
