#include "random_shear.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomShearOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("x_factor", x_factor)("y_factor", y_factor)("fill_mode", fill_mode)(
      "interpolation", interpolation)("seed", seed)("fill_value", fill_value);
}

RandomShearLayer::RandomShearLayer(Options options, LayerOptions common)
    : ProjectedImage(std::move(options), std::move(common)) {
  const FactorRule rule{
      "The `factor` argument should be a number (or a list of two numbers) in the range [0, 1.0]. ",
      0, 1, true};
  x_ = named_factor(*this, "x_factor", options_.x_factor, rule);
  y_ = named_factor(*this, "y_factor", options_.y_factor, rule);
  options_.x_factor = pair_of(options_.x_factor, true);
  options_.y_factor = pair_of(options_.y_factor, true);
  sampling_ =
      sampling_named(*this, options_.fill_mode, options_.interpolation, options_.fill_value);
}

std::vector<Projection> RandomShearLayer::projections(const ImageShape& shape,
                                                      const Random& random) const {
  const Draws draws(random, 3);
  std::vector<Projection> all;
  for (std::size_t i = 0; i < shape.batch; ++i) {
    const double sign = draws(i, 0) > 0.5 ? -1 : 1;
    all.push_back({1, sign * x_.at(draws(i, 2)), 0, sign * y_.at(draws(i, 1)), 1, 0, 0, 0});
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
