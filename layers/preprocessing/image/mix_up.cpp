#include "mix_up.hpp"

#include "../../../framework/fields_impl.hpp"
#include "beta.hpp"
#include "mixing.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void MixUpOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("alpha", alpha)("seed", seed);
}

MixUpLayer::MixUpLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  if (!(options_.alpha > 0)) refuse("`alpha` must be positive. Received: alpha=", options_.alpha);
}

MixUpLayer::Mixture MixUpLayer::mixture(std::size_t images, const Random& random) const {
  Mixture drawn{shuffled(random, images), {}};
  for (std::size_t i = 0; i < images; ++i) {
    drawn.parts.push_back(
        static_cast<real>(beta_draw(part_of(random, i), options_.alpha, options_.alpha)));
  }
  return drawn;
}

Tensor MixUpLayer::augment(const Tensor& images, const ImageShape& shape,
                           const Random& random) const {
  const Mixture drawn = mixture(shape.batch, random);
  Tensor output = empty(shape_of(images));
  for_each_image(shape, [&](std::size_t i) {
    const real* const x = images.data() + i * shape.image();
    const real* const other = images.data() + drawn.others[i] * shape.image();
    real* const y = output.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k)
      y[k] = drawn.parts[i] * x[k] + (1 - drawn.parts[i]) * other[k];
  });
  return output;
}

Tensor MixUpLayer::augment_backward(Tensor gradient, const Tensor& /*images*/,
                                    const ImageShape& shape, const Random& random) const {
  const Mixture drawn = mixture(shape.batch, random);
  Tensor input_gradient = empty(shape_of(gradient));
  for_each_image(shape, [&](std::size_t i) {
    const real* const g = gradient.data() + i * shape.image();
    real* const dx = input_gradient.data() + drawn.others[i] * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) dx[k] = (1 - drawn.parts[i]) * g[k];
  });
  for_each_image(shape, [&](std::size_t i) {
    const real* const g = gradient.data() + i * shape.image();
    real* const dx = input_gradient.data() + i * shape.image();
    for (std::size_t k = 0; k < shape.image(); ++k) dx[k] += drawn.parts[i] * g[k];
  });
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
