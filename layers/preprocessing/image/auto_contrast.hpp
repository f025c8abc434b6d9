#pragma once

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct AutoContrastOptions {
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Stretches the colours of each channel of each image over the whole value range, in training and
/// otherwise (keras.layers.AutoContrast). Images with or without a batch axis; the output has their
/// shape. A channel of one colour stays. Like Keras, it takes the last axis for the channels
/// whatever the data format. Throws ValueError for a range that is no pair.
class AutoContrastLayer final : public RandomImage<AutoContrastLayer, AutoContrastOptions> {
 public:
  static constexpr std::string_view keras_name = "AutoContrast";
  explicit AutoContrastLayer(Options options = {}, LayerOptions common = {});

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  Range colours_;
};

using AutoContrast = Handle<AutoContrastLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
