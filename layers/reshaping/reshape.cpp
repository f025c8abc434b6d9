#include "reshape.hpp"

#include <algorithm>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"
#include "../../framework/shape_json.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void ReshapeOptions::describe(Fields& fields) {
  // A null in the list stands for a size that follows, too.
  if (fields.reading()) {
    ShapeJson shape{target_shape};
    fields("target_shape", shape);
    target_shape = shape.value;
  } else {
    fields("target_shape", target_shape);
  }
}

ReshapeLayer::ReshapeLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const Shape& target = options_.target_shape;
  if (std::ranges::count(target, Dim{-1}) > 1) {
    refuse("There must be at most one unknown dimension (-1) in target_shape. Received: ",
           "target_shape=", target, ".");
  }
  if (std::ranges::any_of(target, [](Dim size) { return size < -1; })) {
    refuse("`target_shape` must hold sizes, or -1 once. Received: target_shape=", target, ".");
  }
  set_input_spec({.min_ndim = 1});
}

Shape ReshapeLayer::compute_output_shape(const Shape& input) const {
  Shape output = options_.target_shape;
  output.insert(output.begin(), input[0]);
  if (std::any_of(input.begin() + 1, input.end(), [](Dim size) { return size == unknown; }))
    return output;
  const auto size = static_cast<Dim>(size_of_axes(input, 1, input.size()));
  const auto open = std::find(output.begin() + 1, output.end(), Dim{-1});
  Dim known = 1;
  for (auto it = output.begin() + 1; it != output.end(); ++it) {
    if (it != open) known *= *it;
  }
  const bool fits = open == output.end() ? known == size : known != 0 && size % known == 0;
  if (!fits) {
    throw ShapeError(concat(label(), ": The total size of the tensor must be unchanged. Received: ",
                            "input_shape=", tuple_text(Shape(input.begin() + 1, input.end())),
                            ", target_shape=", options_.target_shape));
  }
  if (open != output.end()) *open = size / known;
  return output;
}

Tensor ReshapeLayer::forward(const Tensor& input, Context& /*context*/) const {
  return reshaped(input, compute_output_shape(shape_of(input)));
}

Tensor ReshapeLayer::backward(Tensor gradient, Context& context) const {
  return reshaped(std::move(gradient), shape_of(context.input()));
}

std::shared_ptr<prepared::Operation> ReshapeLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Computation>(
      [this](const Shapes& inputs) { return prepared::Bound{compute_output_shape(inputs[0])}; });
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
