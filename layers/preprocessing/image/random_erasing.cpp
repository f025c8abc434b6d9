#include "random_erasing.hpp"

#include <cmath>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

constexpr std::size_t draws_per_image = 6;

}  // namespace

void RandomErasingOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("scale", scale)("fill_value", fill_value)("value_range", value_range)(
      "seed", seed);
}

RandomErasingLayer::RandomErasingLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  probability_ = base_factor(*this, options_.factor, 0, 1);
  scales_ = base_factor(*this, options_.scale, 0, 1, "scale");
  colours_ = value_range(*this, options_.value_range);
  if (options_.fill_value && options_.fill_value->is_list() &&
      options_.fill_value->values().size() != 3) {
    refuse("The `fill_value` argument should be a number (or a list of three numbers) Received: ",
           "fill_value=", options_.fill_value->text());
  }
}

Patch RandomErasingLayer::patch(const ImageShape& shape, const Draws& draws,
                                std::size_t image) const {
  if (draws(image, 5) >= probability_.at(draws(image, 4))) return {};
  const auto interval = [&](std::size_t k) {
    return Patch::Interval{std::sqrt(scales_.at(draws(image, k))), draws(image, k + 2)};
  };
  return {shape, interval(1), interval(0)};
}

Tensor RandomErasingLayer::augment(const Tensor& images, const ImageShape& shape,
                                   const Random& random) const {
  const auto& fill = options_.fill_value;
  if (fill && fill->is_list() && shape.channels != 3) {
    throw ShapeError(concat(label(), ": `fill_value` has three numbers, for images of three ",
                            "channels. Received: channels=", shape.channels));
  }
  Tensor output = images;
  const Draws draws(random, draws_per_image);
  const std::size_t noise = shape.batch * draws_per_image;
  for_each_image(shape, [&](std::size_t i) {
    patch(shape, draws, i).for_each_element(shape, [&](std::size_t k, std::size_t c) {
      const std::size_t place = i * shape.image() + k;
      const double value = fill ? double{fill->values()[fill->is_list() ? c : 0]}
                                : random.normal(noise + place) * colours_.high;
      output.data()[place] = clipped(static_cast<real>(value), colours_);
    });
  });
  return output;
}

Tensor RandomErasingLayer::augment_backward(Tensor gradient, const Tensor& /*images*/,
                                            const ImageShape& shape, const Random& random) const {
  const Draws draws(random, draws_per_image);
  for_each_image(shape, [&](std::size_t i) {
    patch(shape, draws, i).for_each_element(shape, [&](std::size_t k, std::size_t /*channel*/) {
      gradient.data()[i * shape.image() + k] = 0;
    });
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
