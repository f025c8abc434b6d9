#include "rescaling.hpp"

#include "../../framework/broadcast.hpp"
#include "../../framework/extent.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// `numbers` in a shape that broadcasts to an image's.
Tensor as_tensor(const Numbers& numbers, bool channels_first) {
  const auto& values = numbers.values();
  Shape shape;
  if (numbers.is_list()) shape.push_back(static_cast<Dim>(values.size()));
  if (numbers.is_list() && channels_first) shape.insert(shape.end(), {1, 1});
  Tensor tensor = empty(shape);
  for (std::size_t i = 0; i < values.size(); ++i)
    tensor.data()[i] = static_cast<real>(double{values[i]});
  return tensor;
}

}  // namespace

void RescalingOptions::describe(Fields& fields) { fields("scale", scale)("offset", offset); }

RescalingLayer::RescalingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)),
      channels_first_(image_data_format() == DataFormat::channels_first) {}

Tensor RescalingLayer::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  Tensor output = broadcast_to(as_tensor(options_.scale, channels_first_), shape);
  const Tensor offset = broadcast_to(as_tensor(options_.offset, channels_first_), shape);
  const real* const x = input.data();
  const real* const b = offset.data();
  real* const y = output.data();
  for (std::size_t i = 0; i < output.size(); ++i) y[i] = x[i] * y[i] + b[i];
  return output;
}

Tensor RescalingLayer::backward(Tensor gradient, Context& /*context*/) const {
  const Tensor scale = broadcast_to(as_tensor(options_.scale, channels_first_), shape_of(gradient));
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient.data()[i] *= scale.data()[i];
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
