#include "dot.hpp"

#include <algorithm>

#include "../../framework/axes_last.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "../normalization/row_normalization.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

namespace {

constexpr RowNormalization unit_norm{
    .subtract_mean = false, .about_mean = false, .unit = true, .epsilon = 1e-12};

}  // namespace

struct DotLayer::Operand {
  AxesLast axes;
  /// With the axis last, before and after it is normalised.
  Tensor moved, values;
  std::size_t places, count;
};

void DotOptions::describe(Fields& fields) { fields("axes", axes)("normalize", normalize); }

DotLayer::DotLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const auto& axes = options_.axes.values();
  if (axes.empty() || axes.size() > 2) {
    refuse("Invalid format for argument `axes`: it should contain two elements. Received: axes=",
           axes);
  }
}

std::size_t DotLayer::axis(std::size_t i, std::size_t rank) const {
  const auto& axes = options_.axes.values();
  const std::size_t axis = normalized_axis(axes[std::min(i, axes.size() - 1)], rank, label());
  if (axis == 0) refuse("`axes` must not be the batch axis. Received: axes=", axes);
  return axis;
}

void DotLayer::check_shapes(const Shapes& inputs) const {
  if (inputs.size() != 2) {
    refuse("A `Dot` layer should be called on a list of 2 inputs. Received: input_shape=",
           tuple_text(inputs));
  }
  const std::size_t a = axis(0, inputs[0].size()), b = axis(1, inputs[1].size());
  const Dim x = inputs[0][a], y = inputs[1][b];
  if (x != y && x != unknown && y != unknown) {
    throw ShapeError(concat(label(), ": Incompatible input shapes: axis values ", x, " (at axis ",
                            a, ") != ", y, " (at axis ", b, "). Full input shapes: ",
                            tuple_text(inputs[0]), ", ", tuple_text(inputs[1])));
  }
}

Shapes DotLayer::compute_output_shapes(const Shapes& inputs) const {
  check_shapes(inputs);
  Shape output = inputs[0];
  if (output[0] == unknown) output[0] = inputs[1][0];
  output.erase(output.begin() + static_cast<Dim>(axis(0, inputs[0].size())));
  for (std::size_t i = 1; i < inputs[1].size(); ++i) {
    if (i != axis(1, inputs[1].size())) output.push_back(inputs[1][i]);
  }
  if (output.size() == 1) output.push_back(1);
  return {output};
}

DotLayer::Operand DotLayer::operand(const Tensor& input, std::size_t i) const {
  const Shape shape = shape_of(input);
  AxesLast axes(shape, {static_cast<Dim>(axis(i, shape.size()))}, label());
  Tensor moved = axes.moved(Tensor(input));
  const std::size_t rows = axes.rows(), count = axes.count();
  Tensor values = moved;
  if (options_.normalize) unit_norm.forward(rows, count, values.data());
  return {std::move(axes), std::move(moved), std::move(values),
          rows / std::max<std::size_t>(1, input.shape(0)), count};
}

Tensors DotLayer::forward_all(TensorRefs inputs, Context& /*context*/) const {
  const Shape output = compute_output_shapes({shape_of(*inputs[0]), shape_of(*inputs[1])})[0];
  if (inputs[0]->shape(0) != inputs[1]->shape(0)) {
    throw ShapeError(concat(label(), ": Cannot merge tensors with different batch sizes. Received ",
                            "tensors with shapes ",
                            tuple_text(Shapes{shape_of(*inputs[0]), shape_of(*inputs[1])})));
  }
  const Operand x = operand(*inputs[0], 0), y = operand(*inputs[1], 1);
  Tensors outputs;
  Tensor& result = outputs.emplace_back(empty(output));
  for (std::size_t b = 0; b < result.shape(0); ++b) {
    gemm<real>(Transpose::no, Transpose::yes, x.places, y.places, x.count,
               x.values.data() + b * x.places * x.count, x.count,
               y.values.data() + b * y.places * y.count, y.count, 0,
               result.data() + b * x.places * y.places, y.places);
  }
  return outputs;
}

Tensors DotLayer::backward_all(Tensors output_gradients, Context& context) const {
  const Operand x = operand(context.input(0), 0), y = operand(context.input(1), 1);
  const real* const dz = output_gradients[0].data();
  Tensors gradients;
  gradients.push_back(empty(shape_of(x.moved)));
  gradients.push_back(empty(shape_of(y.moved)));
  for (std::size_t b = 0; b < context.input().shape(0); ++b) {
    const std::size_t at_x = b * x.places * x.count, at_y = b * y.places * y.count,
                      at_z = b * x.places * y.places;
    gemm<real>(Transpose::no, Transpose::no, x.places, x.count, y.places, dz + at_z, y.places,
               y.values.data() + at_y, y.count, 0, gradients[0].data() + at_x, x.count);
    gemm<real>(Transpose::yes, Transpose::no, y.places, y.count, x.places, dz + at_z, y.places,
               x.values.data() + at_x, x.count, 0, gradients[1].data() + at_y, y.count);
  }
  const Operand* const operands[] = {&x, &y};
  for (std::size_t i = 0; i < 2; ++i) {
    const Operand& own = *operands[i];
    if (options_.normalize) {
      unit_norm.backward(own.axes.rows(), own.count, own.moved.data(), gradients[i].data());
    }
    gradients[i] = own.axes.moved_back(std::move(gradients[i]));
  }
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
