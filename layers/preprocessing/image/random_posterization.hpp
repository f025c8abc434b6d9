#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomPosterizationOptions {
  /// How many bits of a byte stay: of a pair, one from the first to below the second is drawn for
  /// each image, or the one of two equal ones; a number stands for (1, number). 1 to 8; required.
  Numbers factor = 0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, reduces the bits of each colour, so that fewer remain; otherwise the identity
/// (keras.layers.RandomPosterization). Images with or without a batch axis; the output has their
/// shape; the gradient is zero. Throws ValueError for other factors and ranges.
class RandomPosterizationLayer final
    : public RandomImage<RandomPosterizationLayer, RandomPosterizationOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomPosterization";
  explicit RandomPosterizationLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  Range bits_, colours_;
};

using RandomPosterization = Handle<RandomPosterizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
