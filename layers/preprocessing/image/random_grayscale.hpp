#pragma once

#include <optional>

#include "grey.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomGrayscaleOptions {
  /// The probability that an image becomes grey, 0 to 1.
  double factor = 0.5;
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer. Not in configs, as in Keras.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, makes some images grey: all channels the brightness; otherwise the identity
/// (keras.layers.RandomGrayscale). Images of 3 channels or 1 (ShapeError), with or without a batch
/// axis; the output has their shape. Throws ValueError for other factors.
class RandomGrayscaleLayer final
    : public RandomImage<RandomGrayscaleLayer, RandomGrayscaleOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomGrayscale";
  explicit RandomGrayscaleLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;
};

using RandomGrayscale = Handle<RandomGrayscaleLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
