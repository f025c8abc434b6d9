#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct SolarizationOptions {
  /// What is added first and from where on colours are inverted, as parts of the value range, each
  /// drawn for every image: from a pair, or between 0 and one number. At most 1.
  Numbers addition_factor = 0.0;
  Numbers threshold_factor = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, inverts the colours from a threshold on; otherwise the identity
/// (keras.layers.Solarization). Images with or without a batch axis; the output has their shape.
/// As in Keras, the lower ends of the factors are 255ths. Throws ValueError for factors outside
/// [0, 1] and ranges that are no pair.
class SolarizationLayer final : public RandomImage<SolarizationLayer, SolarizationOptions> {
 public:
  static constexpr std::string_view keras_name = "Solarization";
  explicit SolarizationLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Of 255.
  Range additions_, thresholds_;
  Range colours_;
};

using Solarization = Handle<SolarizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
