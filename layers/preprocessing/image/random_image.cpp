#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

Tensor RandomImageLayer::forward(const Tensor& input, Context& context) const {
  const ImageShape shape(*this, shape_of(input), data_format());
  return context.training() ? augment(input, shape, context.random(seed_)) : input;
}

Tensor RandomImageLayer::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  if (!context.training()) return gradient;
  const Tensor& images = context.input();
  const ImageShape shape(*this, shape_of(images), data_format());
  return augment_backward(std::move(gradient), images, shape, context.random(seed_));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
