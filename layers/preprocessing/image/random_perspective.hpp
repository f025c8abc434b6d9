#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warped.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomPerspectiveOptions {
  /// The probability that an image is changed, itself drawn for each image: from a pair, or between
  /// 0 and one number. At most 1.
  Numbers factor = 1.0;
  /// How far corners move, at most by half of it times their distance from the top left. 0 to 1.
  Number scale = 1.0;
  /// "bilinear" or "nearest".
  std::string interpolation = "bilinear";
  /// Of what is beyond the border.
  Number fill_value = 0.0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, moves the corners of images and all between them; otherwise the identity
/// (keras.layers.RandomPerspective). Images with or without a batch axis, at least 2 pixels high
/// and wide (ShapeError); the output has their shape. Throws ValueError for other interpolations,
/// factors and scales.
class RandomPerspectiveLayer final
    : public ProjectedImage<RandomPerspectiveLayer, RandomPerspectiveOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomPerspective";
  explicit RandomPerspectiveLayer(Options options = {}, LayerOptions common = {});

  std::vector<Projection> projections(const ImageShape& shape, const Random& random) const override;

 private:
  Range probability_;
};

using RandomPerspective = Handle<RandomPerspectiveLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
