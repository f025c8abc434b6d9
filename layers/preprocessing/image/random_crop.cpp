#include "random_crop.hpp"

#include <algorithm>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomCropOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("height", height)("width", width)("seed", seed);
}

RandomCropLayer::RandomCropLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  check_size(*this, options_.height, options_.width);
}

Shape RandomCropLayer::compute_output_shape(const Shape& input) const {
  return with_size(input, options_.data_format, options_.height, options_.width);
}

RandomCropLayer::Part RandomCropLayer::part(const ImageShape& shape, const Random& random) const {
  const auto height = static_cast<Dim>(shape.height), width = static_cast<Dim>(shape.width);
  Part part{};
  if (height > options_.height && width > options_.width) {
    const auto drawn = [&](std::uint64_t i, Dim places) {
      return static_cast<Dim>(random.uniform(i) * static_cast<double>(places));
    };
    part.top = drawn(0, height - options_.height + 1);
    part.left = drawn(1, width - options_.width + 1);
  } else {
    const Dim fitting_height = width * options_.height / options_.width;
    const Dim fitting_width = height * options_.width / options_.height;
    part.top = (height - std::max<Dim>(std::min(height, fitting_height), 1)) / 2;
    part.left = (width - std::max<Dim>(std::min(width, fitting_width), 1)) / 2;
  }
  part.height = static_cast<std::size_t>(std::min(options_.height, height - part.top));
  part.width = static_cast<std::size_t>(std::min(options_.width, width - part.left));
  return part;
}

bool RandomCropLayer::is_whole(const Part& part) const {
  return static_cast<Dim>(part.height) == options_.height &&
         static_cast<Dim>(part.width) == options_.width;
}

Tensor RandomCropLayer::augment(const Tensor& images, const ImageShape& shape,
                                const Random& random) const {
  const Part used = part(shape, random);
  Tensor cropped = framed(images, shape, used.top, used.left, used.height, used.width);
  return is_whole(used) ? cropped : resize().forward(*this, cropped, options_.data_format);
}

Tensor RandomCropLayer::augment_backward(Tensor gradient, const Tensor& images,
                                         const ImageShape& shape, const Random& random) const {
  const Part used = part(shape, random);
  const Shape cropped = with_size(shape_of(images), options_.data_format,
                                  static_cast<Dim>(used.height), static_cast<Dim>(used.width));
  if (!is_whole(used))
    gradient = resize().backward(*this, std::move(gradient), cropped, options_.data_format);
  return framed(gradient, ImageShape(*this, cropped, options_.data_format), -used.top, -used.left,
                shape.height, shape.width);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
