#include "random_color_jitter.hpp"

#include <type_traits>

#include "../../../framework/fields_impl.hpp"
#include "random_brightness.hpp"
#include "random_contrast.hpp"
#include "random_hue.hpp"
#include "random_saturation.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void RandomColorJitterOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("value_range", value_range)("brightness_factor", brightness_factor)(
      "contrast_factor", contrast_factor)("saturation_factor", saturation_factor)(
      "hue_factor", hue_factor)("seed", seed);
}

RandomColorJitterLayer::RandomColorJitterLayer(Options options, LayerOptions common)
    : RandomImage(std::move(options), std::move(common)) {
  const auto add = [this]<class Inner>(const std::optional<Numbers>& factor,
                                       std::type_identity<Inner>) {
    if (!factor) return;
    typename Inner::Options inner;
    inner.factor = *factor;
    inner.value_range = options_.value_range;
    inner.data_format = options_.data_format;
    layers_.push_back(std::make_shared<Inner>(std::move(inner), LayerOptions{.name = name()}));
  };
  add(options_.brightness_factor, std::type_identity<RandomBrightnessLayer>{});
  add(options_.contrast_factor, std::type_identity<RandomContrastLayer>{});
  add(options_.saturation_factor, std::type_identity<RandomSaturationLayer>{});
  add(options_.hue_factor, std::type_identity<RandomHueLayer>{});
}

std::vector<Stage> RandomColorJitterLayer::stages(const Random& random) const {
  std::vector<Stage> all;
  for (const auto& layer : layers_) all.push_back({layer.get(), part_of(random, all.size())});
  return all;
}

Tensor RandomColorJitterLayer::augment(const Tensor& images, const ImageShape& shape,
                                       const Random& random) const {
  return run_stages(images, shape, stages(random));
}

Tensor RandomColorJitterLayer::augment_backward(Tensor gradient, const Tensor& images,
                                                const ImageShape& shape,
                                                const Random& random) const {
  return run_stages_backward(std::move(gradient), images, shape, stages(random));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
