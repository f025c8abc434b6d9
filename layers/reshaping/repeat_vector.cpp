#include "repeat_vector.hpp"

#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RepeatVectorOptions::describe(Fields& fields) { fields("n", n); }

RepeatVectorLayer::RepeatVectorLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.n <= 0) refuse("Expected a positive integer value for `n`, got ", options_.n);
  set_input_spec({.ndim = 2});
}

Shape RepeatVectorLayer::compute_output_shape(const Shape& input) const {
  return {input[0], options_.n, input[1]};
}

Tensor RepeatVectorLayer::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  return broadcast_to(reshaped(input, {shape[0], 1, shape[1]}), compute_output_shape(shape));
}

Tensor RepeatVectorLayer::backward(Tensor gradient, Context& context) const {
  const Shape shape = shape_of(context.input());
  return reshaped(sum_to(gradient, {shape[0], 1, shape[1]}), shape);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
