#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warped.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomTranslationOptions {
  /// How far images are moved down and to the right, as parts of their size, drawn for each from a
  /// pair or between -factor and factor. Within -1 and 1; both are required.
  Numbers height_factor = 0.0;
  Numbers width_factor = 0.0;
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

/// In training, moves each image up or down and sideways; otherwise the identity
/// (keras.layers.RandomTranslation). Images with or without a batch axis; the output has their
/// shape. Throws ValueError for other fill modes, interpolations and factors.
class RandomTranslationLayer final
    : public ProjectedImage<RandomTranslationLayer, RandomTranslationOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomTranslation";
  explicit RandomTranslationLayer(Options options = {}, LayerOptions common = {});

  std::vector<Projection> projections(const ImageShape& shape, const Random& random) const override;

 private:
  Range heights_, widths_;
};

using RandomTranslation = Handle<RandomTranslationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
