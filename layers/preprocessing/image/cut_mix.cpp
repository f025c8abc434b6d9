#include "cut_mix.hpp"

#include <algorithm>
#include <cmath>

#include "../../../framework/fields_impl.hpp"
#include "beta.hpp"
#include "mixing.hpp"
#include "patch.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void CutMixOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("seed", seed);
}

CutMixLayer::CutMixLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  alphas_ = base_factor(*this, options_.factor, 0, 1);
}

template <class Work>
void CutMixLayer::for_each_pasted(const ImageShape& shape, const Random& random,
                                  const Work& work) const {
  // The first draw is for all images; the order is that of another part.
  const Draws draws(random, 2, 1);
  const double alpha = alphas_.at(random.uniform(0)) + 1e-6;
  const std::vector<std::size_t> others = shuffled(part_of(random, shape.batch), shape.batch);
  for_each_image(shape, [&](std::size_t i) {
    const double ratio = std::sqrt(1 - beta_draw(part_of(random, i), alpha, alpha));
    const Patch patch(shape, {ratio, draws(i, 1)}, {ratio, draws(i, 0)});
    patch.for_each_element(shape, [&](std::size_t k, std::size_t /*channel*/) {
      work(i * shape.image() + k, others[i] * shape.image() + k);
    });
  });
}

Tensor CutMixLayer::augment(const Tensor& images, const ImageShape& shape,
                            const Random& random) const {
  Tensor output = images;
  if (images.dimension() == 3) return output;
  for_each_pasted(shape, random, [&](std::size_t place, std::size_t other) {
    output.data()[place] = images.data()[other];
  });
  return output;
}

Tensor CutMixLayer::augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                                     const Random& random) const {
  if (images.dimension() == 3) return gradient;
  Tensor input_gradient = gradient;
  for_each_pasted(shape, random,
                  [&](std::size_t place, std::size_t) { input_gradient.data()[place] = 0; });
  // Each image is the other one of just one image.
  for_each_pasted(shape, random, [&](std::size_t place, std::size_t other) {
    input_gradient.data()[other] += gradient.data()[place];
  });
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
