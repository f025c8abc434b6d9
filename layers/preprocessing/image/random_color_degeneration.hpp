#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomColorDegenerationOptions {
  /// How grey images become, drawn for each from a pair or between -factor and factor: 0 changes
  /// nothing, 1 leaves no colour. Within -1 and 1; required.
  Numbers factor = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, mixes each image with itself in grey, within the value range; otherwise the
/// identity (keras.layers.RandomColorDegeneration). Images of 3 channels or 1 (ShapeError), with or
/// without a batch axis; the output has their shape. Throws ValueError for other factors and
/// ranges.
class RandomColorDegenerationLayer final
    : public RandomImage<RandomColorDegenerationLayer, RandomColorDegenerationOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomColorDegeneration";
  explicit RandomColorDegenerationLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Before it is clipped.
  Tensor degenerated(const Tensor& images, const ImageShape& shape, const Draws& draws) const;

  Range parts_, colours_;
};

using RandomColorDegeneration = Handle<RandomColorDegenerationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
