#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warped.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomShearOptions {
  /// How many pixels a row is moved for each one further down, and a column for each one further to
  /// the right: drawn for each image from a pair within 0 and 1, or between -factor and factor; the
  /// signs of both change by chance.
  Numbers x_factor = 0.0;
  Numbers y_factor = 0.0;
  /// "bilinear" or "nearest".
  std::string interpolation = "bilinear";
  /// "reflect", "wrap", "constant" (then `fill_value`) or "nearest": what is beyond the border, see
  /// kernels::FillMode.
  std::string fill_mode = "reflect";
  Number fill_value = 0.0;
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, shears each image about its top left corner; otherwise the identity
/// (keras.layers.RandomShear). Images with or without a batch axis; the output has their shape.
/// Throws ValueError for other fill modes, interpolations and factors.
class RandomShearLayer final : public ProjectedImage<RandomShearLayer, RandomShearOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomShear";
  explicit RandomShearLayer(Options options = {}, LayerOptions common = {});

  std::vector<Projection> projections(const ImageShape& shape, const Random& random) const override;

 private:
  Range x_, y_;
};

using RandomShear = Handle<RandomShearLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
