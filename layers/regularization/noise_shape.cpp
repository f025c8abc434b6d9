#include "noise_shape.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/shape_json.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void describe_noise_shape(Fields& fields, std::optional<Shape>& noise_shape) {
  std::optional<ShapeJson> shape;
  if (noise_shape) shape = ShapeJson{*noise_shape};
  fields("noise_shape", shape);
  noise_shape.reset();
  if (shape) noise_shape = shape->value;
}

void check_noise_shape(const Layer& layer, const std::optional<Shape>& noise_shape) {
  if (!noise_shape) return;
  for (const Dim size : *noise_shape) {
    if (size <= 0 && size != unknown) {
      layer.refuse(
          "Invalid value received for argument `noise_shape`. Expected a tuple or list of ",
          "positive integers or None. Received: noise_shape=", tuple_text(*noise_shape));
    }
  }
}

Shape drawn_shape(const Layer& layer, const std::optional<Shape>& noise_shape, const Shape& shape) {
  if (!noise_shape) return shape;
  Shape drawn = *noise_shape;
  bool fits = drawn.size() == shape.size();
  for (std::size_t i = 0; fits && i < drawn.size(); ++i) {
    if (drawn[i] == unknown) drawn[i] = shape[i];
    fits = drawn[i] == 1 || drawn[i] == shape[i];
  }
  if (!fits) {
    throw ShapeError(concat(layer.label(), ": `noise_shape` cannot be broadcast to the input. ",
                            "Received: noise_shape=", tuple_text(*noise_shape),
                            ", input shape=", tuple_text(shape)));
  }
  return drawn;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
