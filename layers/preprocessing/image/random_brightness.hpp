#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomBrightnessOptions {
  /// What is added, as a part of the value range, drawn for each image from a pair or between
  /// -factor and factor. Within -1 and 1; required.
  Numbers factor = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, makes each image brighter or darker, within the value range; otherwise the identity
/// (keras.layers.RandomBrightness). Images with or without a batch axis; the output has their
/// shape. Throws ValueError for other factors and ranges.
class RandomBrightnessLayer final
    : public RandomImage<RandomBrightnessLayer, RandomBrightnessOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomBrightness";
  explicit RandomBrightnessLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  Range additions_, colours_;
};

using RandomBrightness = Handle<RandomBrightnessLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
