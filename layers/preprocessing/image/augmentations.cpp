#include "augmentations.hpp"

#include <algorithm>
#include <type_traits>

#include "auto_contrast.hpp"
#include "equalization.hpp"
#include "random_brightness.hpp"
#include "random_color_degeneration.hpp"
#include "random_contrast.hpp"
#include "random_posterization.hpp"
#include "random_rotation.hpp"
#include "random_sharpness.hpp"
#include "random_shear.hpp"
#include "random_translation.hpp"
#include "solarization.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

std::vector<std::shared_ptr<const RandomImageLayer>> augmentations(
    const AugmentationOptions& options, bool colours) {
  std::vector<std::shared_ptr<const RandomImageLayer>> all;
  const Numbers factor{Number(options.factor.low), Number(options.factor.high)};
  const auto add = [&]<class Inner>(std::type_identity<Inner>, typename Inner::Options inner) {
    inner.data_format = options.data_format;
    if constexpr (requires { inner.value_range; }) inner.value_range = options.value_range;
    if constexpr (requires { inner.interpolation; }) inner.interpolation = options.interpolation;
    all.push_back(std::make_shared<Inner>(std::move(inner), LayerOptions{.name = options.name}));
  };
  add(std::type_identity<RandomShearLayer>{}, {.x_factor = factor, .y_factor = factor});
  add(std::type_identity<RandomTranslationLayer>{},
      {.height_factor = factor, .width_factor = factor});
  add(std::type_identity<RandomRotationLayer>{}, {.factor = factor});
  const int bits = std::max(1, static_cast<int>(8 * options.factor.high));
  add(std::type_identity<RandomPosterizationLayer>{}, {.factor = bits});
  add(std::type_identity<SolarizationLayer>{},
      {.addition_factor = factor, .threshold_factor = factor});
  add(std::type_identity<AutoContrastLayer>{}, {});
  add(std::type_identity<EqualizationLayer>{}, {});
  if (!colours) return all;
  add(std::type_identity<RandomBrightnessLayer>{}, {.factor = factor});
  add(std::type_identity<RandomColorDegenerationLayer>{}, {.factor = factor});
  add(std::type_identity<RandomContrastLayer>{}, {.factor = factor});
  add(std::type_identity<RandomSharpnessLayer>{}, {.factor = factor});
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
