#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warped.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomZoomOptions {
  /// How much smaller images become, drawn for each from a pair or between -factor and factor:
  /// (0.2, 0.3) shows 20% to 30% more, negative ones enlarge. Within -1 and 1; required.
  Numbers height_factor = 0.0;
  /// None: as the height, so that the aspect ratio stays.
  std::optional<Numbers> width_factor = {};
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

/// In training, zooms each image in or out about its centre; otherwise the identity
/// (keras.layers.RandomZoom). Images with or without a batch axis; the output has their shape.
/// Throws ValueError for other fill modes, interpolations and factors.
class RandomZoomLayer final : public ProjectedImage<RandomZoomLayer, RandomZoomOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomZoom";
  explicit RandomZoomLayer(Options options = {}, LayerOptions common = {});

  std::vector<Projection> projections(const ImageShape& shape, const Random& random) const override;

 private:
  Range heights_, widths_;
};

using RandomZoom = Handle<RandomZoomLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
