#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomSharpnessOptions {
  /// How sharp images become, drawn for each from a pair or between 0 and one number: 0 blurs, 0.5
  /// changes nothing, 1 sharpens. Within 0 and 1; required.
  Numbers factor = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, mixes each image with a blurred one or takes that away, within the value range;
/// otherwise the identity (keras.layers.RandomSharpness). Images with or without a batch axis; the
/// output has their shape. Throws ValueError for other factors and ranges.
class RandomSharpnessLayer final
    : public RandomImage<RandomSharpnessLayer, RandomSharpnessOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomSharpness";
  explicit RandomSharpnessLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Before it is clipped: a mean, by `factor`, of images and blurred ones.
  Tensor sharpened(const Tensor& images, const ImageShape& shape, const Draws& draws) const;

  Range factors_, colours_;
};

using RandomSharpness = Handle<RandomSharpnessLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
