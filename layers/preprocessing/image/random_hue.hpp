#pragma once

#include <optional>

#include "colours.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomHueOptions {
  /// How far hues turn, of half a circle and in either direction, drawn for each image from a pair
  /// or between 0 and one number. Within 0 and 1; required.
  Numbers factor = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, turns the hues of each image; otherwise the identity (keras.layers.RandomHue; Keras
/// itself turns them in either mode). Images of 3 channels (ShapeError), with or without a batch
/// axis; the output has their shape. Throws ValueError for other factors and ranges.
class RandomHueLayer final : public ColourImage<RandomHueLayer, RandomHueOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomHue";
  explicit RandomHueLayer(Options options = {}, LayerOptions common = {});

  double amount(const Draws& draws, std::size_t image) const;
  template <class T>
  Colour<T> changed(Colour<T> rgb, double amount) const;

 private:
  Range factors_, colours_;
};

using RandomHue = Handle<RandomHueLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
