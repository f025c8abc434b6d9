#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warped.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomRotationOptions {
  /// Of a whole turn, drawn for each image from a pair or between -factor and factor; positive
  /// turns counter-clockwise. Within -1 and 1; required.
  Numbers factor = 0.0;
  /// "reflect", "wrap", "constant" (then `fill_value`) or "nearest": what is beyond the border, see
  /// kernels::FillMode.
  std::string fill_mode = "reflect";
  /// "bilinear" or "nearest".
  std::string interpolation = "bilinear";
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  Number fill_value = 0.0;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, turns each image about its centre; otherwise the identity
/// (keras.layers.RandomRotation). Images with or without a batch axis; the output has their shape.
/// Throws ValueError for other fill modes, interpolations and factors.
class RandomRotationLayer final
    : public ProjectedImage<RandomRotationLayer, RandomRotationOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomRotation";
  explicit RandomRotationLayer(Options options = {}, LayerOptions common = {});

  std::vector<Projection> projections(const ImageShape& shape, const Random& random) const override;

 private:
  Range turns_;
};

using RandomRotation = Handle<RandomRotationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
