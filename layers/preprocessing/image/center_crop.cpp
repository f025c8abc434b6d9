#include "center_crop.hpp"

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void CenterCropOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("height", height)("width", width);
}

CenterCropLayer::CenterCropLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  check_size(*this, options_.height, options_.width);
}

Shape CenterCropLayer::compute_output_shape(const Shape& input) const {
  return with_size(input, options_.data_format, options_.height, options_.width);
}

Resize CenterCropLayer::resize() const {
  return {.height = options_.height, .width = options_.width, .aspect = Resize::Aspect::cropped};
}

bool CenterCropLayer::fits(const ImageShape& shape) const {
  return static_cast<Dim>(shape.height) >= options_.height &&
         static_cast<Dim>(shape.width) >= options_.width;
}

Tensor CenterCropLayer::forward(const Tensor& input, Context& /*context*/) const {
  const ImageShape shape(*this, shape_of(input), options_.data_format);
  if (!fits(shape)) return resize().forward(*this, input, options_.data_format);
  const Dim top = (static_cast<Dim>(shape.height) - options_.height) / 2;
  const Dim left = (static_cast<Dim>(shape.width) - options_.width) / 2;
  return framed(input, shape, top, left, static_cast<std::size_t>(options_.height),
                static_cast<std::size_t>(options_.width));
}

Tensor CenterCropLayer::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  const Shape input = shape_of(context.input());
  const ImageShape shape(*this, input, options_.data_format);
  if (!fits(shape))
    return resize().backward(*this, std::move(gradient), input, options_.data_format);
  const Dim top = (static_cast<Dim>(shape.height) - options_.height) / 2;
  const Dim left = (static_cast<Dim>(shape.width) - options_.width) / 2;
  return framed(gradient, ImageShape(*this, shape_of(gradient), options_.data_format), -top, -left,
                shape.height, shape.width);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
