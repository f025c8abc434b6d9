#include "resizing.hpp"

#include "../../../framework/fields_impl.hpp"
#include "../../reshaping/resampled.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void ResizingOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("height", height)("width", width)("interpolation", interpolation)(
      "crop_to_aspect_ratio", crop_to_aspect_ratio)("pad_to_aspect_ratio", pad_to_aspect_ratio)(
      "fill_mode", fill_mode)("fill_value", fill_value)("antialias", antialias);
}

ResizingLayer::ResizingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)),
      resize_{options_.height, options_.width} {
  check_size(*this, options_.height, options_.width);
  if (options_.fill_mode != "constant") {
    refuse("Invalid value for argument `fill_mode`. Only `'constant'` is supported. Received: ",
           "fill_mode=", options_.fill_mode);
  }
  if (options_.crop_to_aspect_ratio && options_.pad_to_aspect_ratio)
    refuse("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.");
  resize_.interpolation = interpolation_named(*this, options_.interpolation, true);
  resize_.antialias = options_.antialias;
  resize_.fill_value = options_.fill_value;
  if (options_.crop_to_aspect_ratio) resize_.aspect = Resize::Aspect::cropped;
  if (options_.pad_to_aspect_ratio) resize_.aspect = Resize::Aspect::padded;
}

Shape ResizingLayer::compute_output_shape(const Shape& input) const {
  return with_size(input, options_.data_format, options_.height, options_.width);
}

Tensor ResizingLayer::forward(const Tensor& input, Context& /*context*/) const {
  return resize_.forward(*this, input, options_.data_format);
}

Tensor ResizingLayer::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  return resize_.backward(*this, std::move(gradient), shape_of(context.input()),
                          options_.data_format);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
