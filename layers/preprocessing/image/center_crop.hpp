#pragma once

#include "resize.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct CenterCropOptions {
  /// Of the output; both are required.
  Dim height = 0, width = 0;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// The middle of images; where one is smaller than asked for, the largest part of it with the
/// aspect ratio of the output, resized bilinearly (keras.layers.CenterCrop). Shapes as in Resizing.
/// Throws ValueError for sizes below 1.
class CenterCropLayer final : public OptionsLayer<CenterCropLayer, CenterCropOptions, ImageLayer> {
 public:
  static constexpr std::string_view keras_name = "CenterCrop";
  explicit CenterCropLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  Resize resize() const;
  bool fits(const ImageShape& shape) const;
};

using CenterCrop = Handle<CenterCropLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
