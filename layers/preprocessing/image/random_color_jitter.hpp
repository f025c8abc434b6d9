#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stages.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomColorJitterOptions {
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// Those of RandomBrightness, RandomContrast, RandomSaturation and RandomHue; none: no such
  /// change.
  std::optional<Numbers> brightness_factor = {};
  std::optional<Numbers> contrast_factor = {};
  std::optional<Numbers> saturation_factor = {};
  std::optional<Numbers> hue_factor = {};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, changes brightness, contrast, saturation and hue, in this order; otherwise the
/// identity (keras.layers.RandomColorJitter). Images as those layers take them; the output has
/// their shape. Throws what they throw, under this layer's name.
class RandomColorJitterLayer final
    : public RandomImage<RandomColorJitterLayer, RandomColorJitterOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomColorJitter";
  explicit RandomColorJitterLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  std::vector<Stage> stages(const Random& random) const;

  std::vector<std::shared_ptr<const RandomImageLayer>> layers_;
};

using RandomColorJitter = Handle<RandomColorJitterLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
