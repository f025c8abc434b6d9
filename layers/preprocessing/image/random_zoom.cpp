#include "random_zoom.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomZoomOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("height_factor", height_factor)("width_factor", width_factor)("fill_mode", fill_mode)(
      "interpolation", interpolation)("seed", seed)("fill_value", fill_value);
}

RandomZoomLayer::RandomZoomLayer(Options options, LayerOptions common)
    : ProjectedImage(std::move(options), std::move(common)) {
  const FactorRule rule{
      "The `height_factor` and `width_factor` arguments should be a number (or a list of two "
      "numbers) in the range [-1.0, 1.0]. ",
      -1, 1, true};
  heights_ = named_factor(*this, "height_factor", options_.height_factor, rule);
  if (options_.width_factor)
    widths_ = named_factor(*this, "width_factor", *options_.width_factor, rule);
  sampling_ =
      sampling_named(*this, options_.fill_mode, options_.interpolation, options_.fill_value);
}

std::vector<Projection> RandomZoomLayer::projections(const ImageShape& shape,
                                                     const Random& random) const {
  const Draws draws(random, 2);
  const double cx = (static_cast<double>(shape.width) - 1) / 2;
  const double cy = (static_cast<double>(shape.height) - 1) / 2;
  std::vector<Projection> all;
  for (std::size_t i = 0; i < shape.batch; ++i) {
    const double height = 1 + heights_.at(draws(i, 0));
    const double width = options_.width_factor ? 1 + widths_.at(draws(i, 1)) : height;
    all.push_back({width, 0, cx * (1 - width), 0, height, cy * (1 - height), 0, 0});
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
