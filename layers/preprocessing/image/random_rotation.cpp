#include "random_rotation.hpp"

#include <cmath>
#include <numbers>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomRotationOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("fill_mode", fill_mode)("fill_value", fill_value)(
      "interpolation", interpolation)("seed", seed);
}

RandomRotationLayer::RandomRotationLayer(Options options, LayerOptions common)
    : ProjectedImage(std::move(options), std::move(common)) {
  turns_ = base_factor(*this, options_.factor, -1, 1);
  sampling_ =
      sampling_named(*this, options_.fill_mode, options_.interpolation, options_.fill_value);
}

std::vector<Projection> RandomRotationLayer::projections(const ImageShape& shape,
                                                         const Random& random) const {
  const Draws draws(random, 1);
  const double cx = (static_cast<double>(shape.width) - 1) / 2;
  const double cy = (static_cast<double>(shape.height) - 1) / 2;
  std::vector<Projection> all;
  for (std::size_t i = 0; i < shape.batch; ++i) {
    const double angle = 2 * std::numbers::pi * turns_.at(draws(i));
    const double cos = std::cos(angle), sin = std::sin(angle);
    all.push_back({cos, -sin, cx - cx * cos + cy * sin, sin, cos, cy - cx * sin - cy * cos, 0, 0});
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
