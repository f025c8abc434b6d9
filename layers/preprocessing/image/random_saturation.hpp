#pragma once

#include <optional>

#include "colours.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomSaturationOptions {
  /// f of which saturations are multiplied by f / (1 - f), drawn for each image from a pair or, for
  /// one number, between its negative and itself: 0 makes all grey, 0.5 changes nothing. Within -1
  /// and 1; required.
  Numbers factor = 0.0;
  /// Bounds saturations, as in Keras.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, makes the colours of each image stronger or weaker; otherwise the identity
/// (keras.layers.RandomSaturation). Images of 3 channels (ShapeError), with or without a batch
/// axis; the output has their shape. Throws ValueError for other factors and ranges.
class RandomSaturationLayer final
    : public ColourImage<RandomSaturationLayer, RandomSaturationOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomSaturation";
  explicit RandomSaturationLayer(Options options = {}, LayerOptions common = {});

  double amount(const Draws& draws, std::size_t image) const;
  template <class T>
  Colour<T> changed(const Colour<T>& rgb, double amount) const;

 private:
  Range factors_, saturations_;
};

using RandomSaturation = Handle<RandomSaturationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
