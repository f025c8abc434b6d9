#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomContrastOptions {
  /// How much further colours are from their mean, drawn for each image between 1 - the first and
  /// 1 + the second of a pair, or between 1 and 1 + one number. Within 0 and 1; required.
  Numbers factor = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, moves the colours of each channel of each image away from their mean or towards it,
/// within the value range; otherwise the identity (keras.layers.RandomContrast). Images with or
/// without a batch axis; the output has their shape. Throws ValueError for other factors and
/// ranges.
class RandomContrastLayer final : public RandomImage<RandomContrastLayer, RandomContrastOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomContrast";
  explicit RandomContrastLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  Range factors_, colours_;
};

using RandomContrast = Handle<RandomContrastLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
