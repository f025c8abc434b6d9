#include "rand_augment.hpp"

#include "../../../framework/fields_impl.hpp"
#include "augmentations.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandAugmentOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("value_range", value_range)("num_ops", num_ops)("factor", factor)(
      "interpolation", interpolation)("seed", seed);
}

RandAugmentLayer::RandAugmentLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  if (options_.num_ops < 0)
    refuse("`num_ops` must not be negative. Received: num_ops=", options_.num_ops);
  const Range factor = base_factor(*this, options_.factor, 0, 1);
  layers_ = augmentations(
      {factor, options_.value_range, options_.interpolation, options_.data_format, name()}, true);
}

std::vector<Stage> RandAugmentLayer::stages(const Random& random) const {
  std::vector<Stage> all;
  for (Dim i = 0; i < options_.num_ops; ++i) {
    const std::uint64_t chosen = random.below(static_cast<std::uint64_t>(i), layers_.size());
    // A layer that is chosen again changes images by the same amounts again.
    all.push_back({layers_[chosen].get(), part_of(random, chosen)});
  }
  return all;
}

Tensor RandAugmentLayer::augment(const Tensor& images, const ImageShape& shape,
                                 const Random& random) const {
  return run_stages(images, shape, stages(random));
}

Tensor RandAugmentLayer::augment_backward(Tensor gradient, const Tensor& images,
                                          const ImageShape& shape, const Random& random) const {
  return run_stages_backward(std::move(gradient), images, shape, stages(random));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
