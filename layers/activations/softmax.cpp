#include "softmax.hpp"

#include "../../framework/activations/softmax.hpp"
#include "../../framework/axes_last.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Added to what is masked.
constexpr real minus_large = real{-1e9};

void multiply_by_mask(const Tensor& mask, Tensor& tensor) {
  const Tensor weights = broadcast_to(mask, shape_of(tensor));
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor.data()[i] *= weights.data()[i];
}

}  // namespace

void SoftmaxOptions::describe(Fields& fields) { fields("axis", axis); }

Tensor SoftmaxLayer::forward(const Tensor& input, Context& context) const {
  const Shape shape = shape_of(input);
  const AxesLast axes(shape, options_.axis.values(), label());
  Tensor x = input;
  if (const Tensor* mask = context.mask()) {
    const Tensor weights = broadcast_to(*mask, shape);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] += (1 - weights.data()[i]) * minus_large;
  }
  x = axes.moved(std::move(x));
  const Shape moved = shape_of(x);
  x.reshape({axes.rows(), axes.count()});
  Tensor y = activations::Softmax().forward(std::move(x));
  y = axes.moved_back(reshaped(std::move(y), moved));
  // What is masked altogether has no sum: all of it is 0.
  if (const Tensor* mask = context.mask()) multiply_by_mask(*mask, y);
  return y;
}

Tensor SoftmaxLayer::backward(Tensor gradient, Context& context) const {
  const Shape shape = shape_of(gradient);
  const AxesLast axes(shape, options_.axis.values(), label());
  Tensor y = axes.moved(context.output());
  gradient = axes.moved(std::move(gradient));
  const Shape moved = shape_of(gradient);
  y.reshape({axes.rows(), axes.count()});
  gradient.reshape({axes.rows(), axes.count()});
  gradient = activations::Softmax().backward(y, std::move(gradient));
  return axes.moved_back(reshaped(std::move(gradient), moved));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
