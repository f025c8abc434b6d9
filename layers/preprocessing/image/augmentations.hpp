#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stages.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// What RandAugment and AugMix choose from.
struct AugmentationOptions {
  /// How strong, within 0 and 1: what the inner layers draw from.
  Range factor;
  Numbers value_range;
  std::string interpolation;
  DataFormat data_format;
  /// The name that errors give.
  std::string name;
};

/// RandomShear, RandomTranslation, RandomRotation, RandomPosterization, Solarization, AutoContrast
/// and Equalization; where `colours`, also RandomBrightness, RandomColorDegeneration,
/// RandomContrast and RandomSharpness.
std::vector<std::shared_ptr<const RandomImageLayer>> augmentations(
    const AugmentationOptions& options, bool colours);

}  // namespace keratin::inline KERATIN_VARIANT::layers
