#include "prelu.hpp"

#include <algorithm>

#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void PReLUOptions::describe(Fields& fields) {
  fields("alpha_initializer", alpha_initializer)("alpha_regularizer", alpha_regularizer)(
      "alpha_constraint", alpha_constraint)("shared_axes", shared_axes);
}

void PReLULayer::build_weights(const Shape& input) {
  Shape shape(input.begin() + 1, input.end());
  const std::vector<Dim> shared = options_.shared_axes.value_or(std::vector<Dim>());
  for (const Dim axis : shared) {
    if (axis < 1 || axis > static_cast<Dim>(shape.size())) {
      refuse("`shared_axes` must be between 1 and ", shape.size(), " for input of shape ",
             tuple_text(input), ". Received: shared_axes=", shared);
    }
    shape[static_cast<std::size_t>(axis - 1)] = 1;
  }
  alpha_ = &add_weight({.name = "alpha",
                        .shape = shape,
                        .initializer = options_.alpha_initializer,
                        .regularizer = options_.alpha_regularizer,
                        .constraint = options_.alpha_constraint});
  InputSpec spec{.ndim = input.size()};
  for (std::size_t i = 1; i < input.size(); ++i) {
    if (std::ranges::find(shared, static_cast<Dim>(i)) == shared.end())
      spec.axes.emplace_back(static_cast<int>(i), input[i]);
  }
  set_input_spec(spec);
}

Tensor PReLULayer::forward(const Tensor& input, Context& /*context*/) const {
  Tensor output = broadcast_to(alpha_->value(), shape_of(input));
  const real* const x = input.data();
  real* const y = output.data();
  for (std::size_t i = 0; i < output.size(); ++i) y[i] = x[i] > 0 ? x[i] : y[i] * x[i];
  return output;
}

Tensor PReLULayer::backward(Tensor gradient, Context& context) const {
  const Shape shape = shape_of(gradient);
  const real* const x = context.input().data();
  real* const dy = gradient.data();
  if (context.wants(*alpha_)) {
    Tensor products = empty(shape);
    real* const product = products.data();
    for (std::size_t i = 0; i < products.size(); ++i) product[i] = x[i] > 0 ? 0 : x[i] * dy[i];
    context.add_gradient(*alpha_, sum_to(products, shape_of(alpha_->value())));
  }
  if (!context.wants_input_gradient()) return {};
  const Tensor alphas = broadcast_to(alpha_->value(), shape);
  const real* const alpha = alphas.data();
  for (std::size_t i = 0; i < gradient.size(); ++i) dy[i] *= x[i] > 0 ? 1 : alpha[i];
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
