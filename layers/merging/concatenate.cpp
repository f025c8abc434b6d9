#include "concatenate.hpp"

#include <algorithm>
#include <cstring>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

Shapes shapes_of(TensorRefs tensors) {
  Shapes shapes;
  for (const Tensor* tensor : tensors) shapes.push_back(shape_of(*tensor));
  return shapes;
}

/// The shape of tensors of these shapes one behind the other.
Shape joined_shape(const Shapes& shapes, std::size_t axis) {
  Shape joined = shapes[0];
  for (std::size_t i = 1; i < shapes.size(); ++i) {
    for (std::size_t k = 0; k < joined.size(); ++k) {
      const Dim size = shapes[i][k];
      if (k == axis) {
        joined[k] = joined[k] == unknown || size == unknown ? unknown : joined[k] + size;
      } else if (joined[k] == unknown) {
        joined[k] = size;
      }
    }
  }
  return joined;
}

/// How tensors are put one behind the other.
struct Joining {
  std::size_t outer = 1, stride = 0;
  std::vector<std::size_t> pieces = {};  ///< of each tensor

  Joining(const Shapes& shapes, std::size_t axis) {
    for (const Shape& shape : shapes) {
      const AxisSizes sizes(shape, axis);
      outer = sizes.outer;
      pieces.push_back(sizes.count * sizes.inner);
      stride += pieces.back();
    }
  }
  void join(const real* const* tensors, real* result) const {
    for (std::size_t t = 0; t < pieces.size(); ++t) {
      for (std::size_t i = 0; i < outer; ++i)
        std::copy_n(tensors[t] + i * pieces[t], pieces[t], result + i * stride);
      result += pieces[t];
    }
  }
};

Tensor joined(TensorRefs tensors, std::size_t axis) {
  const Shapes shapes = shapes_of(tensors);
  Tensor result = empty(joined_shape(shapes, axis));
  std::vector<const real*> data;
  for (const Tensor* tensor : tensors) data.push_back(tensor->data());
  Joining(shapes, axis).join(data.data(), result.data());
  return result;
}

/// 1 where any element along the last axis is not 0.
Tensor any_of_last(const Tensor& tensor) {
  Shape shape = shape_of(tensor);
  const auto width = static_cast<std::size_t>(shape.back());
  shape.pop_back();
  Tensor result = empty(shape);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const real* const values = tensor.data() + i * width;
    result.data()[i] =
        std::any_of(values, values + width, [](real value) { return value != 0; }) ? 1 : 0;
  }
  return result;
}

}  // namespace

void ConcatenateOptions::describe(Fields& fields) { fields("axis", axis); }

void ConcatenateLayer::check_shapes(const Shapes& inputs) const {
  if (inputs.empty()) {
    refuse("A `Concatenate` layer should be called on a list of at least 1 input. Received: ",
           "input_shape=", tuple_text(inputs));
  }
  const std::size_t axis = normalized_axis(options_.axis, inputs[0].size(), label());
  Shape first = inputs[0];
  for (const Shape& shape : inputs) {
    bool fits = shape.size() == first.size();
    for (std::size_t k = 0; fits && k < shape.size(); ++k) {
      if (first[k] == unknown) first[k] = shape[k];
      fits = k == axis || shape[k] == unknown || shape[k] == first[k];
    }
    if (!fits) {
      throw ShapeError(concat(
          label(), ": A `Concatenate` layer requires inputs with matching ",
          "shapes except for the concatenation axis. Received: input_shape=", tuple_text(inputs)));
    }
  }
}

Shapes ConcatenateLayer::compute_output_shapes(const Shapes& inputs) const {
  check_shapes(inputs);
  return {joined_shape(inputs, normalized_axis(options_.axis, inputs[0].size(), label()))};
}

Tensors ConcatenateLayer::forward_all(TensorRefs inputs, Context& context) const {
  check_shapes(shapes_of(inputs));
  Tensors outputs;
  outputs.push_back(
      joined(inputs, normalized_axis(options_.axis, inputs[0]->dimension(), label())));
  merge_masks(context);
  return outputs;
}

std::shared_ptr<prepared::Operation> ConcatenateLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Computation>([this](const Shapes& inputs) {
    prepared::Bound bound{compute_output_shapes(inputs)[0]};
    const Joining joining(inputs, normalized_axis(options_.axis, inputs[0].size(), label()));
    bound.run = [joining](const real* const* x, real* y) { joining.join(x, y); };
    return bound;
  });
}

Tensors ConcatenateLayer::backward_all(Tensors output_gradients, Context& context) const {
  const Tensor& gradient = output_gradients[0];
  const std::size_t axis = normalized_axis(options_.axis, gradient.dimension(), label());
  const AxisSizes whole(shape_of(gradient), axis);
  const std::size_t stride = whole.count * whole.inner;
  const real* source = gradient.data();
  Tensors gradients;
  for (const Tensor* input : context.inputs()) {
    Tensor& own = gradients.emplace_back(empty(shape_of(*input)));
    const std::size_t piece = AxisSizes(shape_of(*input), axis).count * whole.inner;
    for (std::size_t i = 0; i < whole.outer; ++i)
      std::copy_n(source + i * stride, piece, own.data() + i * piece);
    source += piece;
  }
  return gradients;
}

void ConcatenateLayer::merge_masks(Context& context) const {
  bool masked = false;
  Tensors masks;
  for (std::size_t i = 0; i < context.inputs().size(); ++i) {
    const Tensor* mask = context.mask(i);
    masked = masked || mask;
    const Shape shape = shape_of(context.input(i));
    if (!mask) {
      masks.push_back(full(shape, 1));
    } else if (mask->dimension() < shape.size()) {
      Shape with_features = shape_of(*mask);
      with_features.push_back(1);
      masks.push_back(broadcast_to(reshaped(*mask, with_features), shape));
    } else {
      masks.push_back(*mask);
    }
  }
  if (!masked) return;
  std::vector<const Tensor*> refs;
  for (const Tensor& mask : masks) refs.push_back(&mask);
  context.set_output_mask(
      any_of_last(joined(refs, normalized_axis(options_.axis, masks[0].dimension(), label()))));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
