#pragma once

#include <string>

#include "../../../framework/number.hpp"
#include "resize.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ResizingOptions {
  /// Of the output; both are required.
  Dim height = 0, width = 0;
  /// "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5" or "area".
  std::string interpolation = "bilinear";
  /// Cuts off what does not fit, or adds `fill_value`, so that shapes stay what they are.
  bool crop_to_aspect_ratio = false;
  bool pad_to_aspect_ratio = false;
  /// "constant" only, as in Keras.
  std::string fill_mode = "constant";
  Number fill_value = 0.0;
  /// Makes smaller images from all pixels.
  bool antialias = false;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Resizes images (keras.layers.Resizing; see kernels::Resampling).
///
/// Input (batch, height, width, channels) or, for "channels_first", (batch, channels, height,
/// width), with or without the batch axis; output the same with the sizes given. Throws ValueError
/// for sizes below 1, other interpolations and fill modes, and both ways to keep the aspect ratio
/// at once; ShapeError for images without pixels.
class ResizingLayer final : public OptionsLayer<ResizingLayer, ResizingOptions, ImageLayer> {
 public:
  static constexpr std::string_view keras_name = "Resizing";
  explicit ResizingLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  Resize resize_;
};

using Resizing = Handle<ResizingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
