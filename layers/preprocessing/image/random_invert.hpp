#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomInvertOptions {
  /// The probability that an image is inverted, itself drawn for each image: from a pair, or
  /// between 0 and one number. Within 0 and 1.
  Numbers factor = 1.0;
  /// The least and the greatest colour; the latter is what colours are subtracted from.
  Numbers value_range = {0, 255};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, inverts the colours of some images; otherwise the identity
/// (keras.layers.RandomInvert). Images with or without a batch axis; the output has their shape.
/// Throws ValueError for other factors and ranges.
class RandomInvertLayer final : public RandomImage<RandomInvertLayer, RandomInvertOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomInvert";
  explicit RandomInvertLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  bool is_inverted(const Draws& draws, std::size_t image) const;

  Range probability_, colours_;
};

using RandomInvert = Handle<RandomInvertLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
