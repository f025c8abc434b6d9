#pragma once

#include <functional>

#include "../../../framework/called_in_training.hpp"
#include "../../../framework/extent.hpp"
#include "../../../framework/handle.hpp"

// What the layers over images share: (height, width, channels) or, for "channels_first", (channels,
// height, width), with a batch axis before them or alone.
namespace keratin::inline KERATIN_VARIANT::layers {

/// The sizes of images, and where their pixels are.
struct ImageShape {
  std::size_t batch, height, width, channels;
  DataFormat format;

  /// Throws ShapeError, which names `layer`, unless `shape` has 3 or 4 axes.
  ImageShape(const Layer& layer, const Shape& shape, DataFormat format);

  std::size_t pixels() const { return height * width; }
  /// The elements of one image.
  std::size_t image() const { return pixels() * channels; }
  /// From a pixel to the next one, and from a channel to the next one of the same pixel.
  std::size_t pixel_stride() const { return channels_first() ? 1 : channels; }
  std::size_t channel_stride() const { return channels_first() ? pixels() : 1; }
  /// The planes of pixels that lie one after the other, and the elements of a pixel in one.
  std::size_t planes() const { return channels_first() ? batch * channels : batch; }
  std::size_t plane_channels() const { return channels_first() ? 1 : channels; }

 private:
  bool channels_first() const { return format == DataFormat::channels_first; }
};

/// The axes of height and width in a shape with `rank` axes, 3 or 4.
inline std::size_t height_axis(std::size_t rank, DataFormat format) {
  return rank - (format == DataFormat::channels_first ? 2 : 3);
}
inline std::size_t width_axis(std::size_t rank, DataFormat format) {
  return height_axis(rank, format) + 1;
}

/// A layer over images (keras BaseImagePreprocessingLayer). Images are tensors: the dictionaries
/// with bounding boxes, labels and masks that Keras's layers take too are not there, so a
/// `bounding_box_format` in a file must be None.
class ImageLayer : public UnaryLayer, public CalledInTraining {
 public:
  ImageLayer(std::string_view class_name, LayerOptions options);

 protected:
  /// `input` with another height and width, after a check of its rank.
  Shape with_size(const Shape& input, DataFormat format, Dim height, Dim width) const;
};

/// Calls `work(i)` for every image, from several threads.
void for_each_image(const ImageShape& shape, const std::function<void(std::size_t image)>& work);

/// `data_format`, which Keras writes before a layer's own arguments.
void describe_image(Fields& fields, DataFormat& data_format);

/// The part of each image that begins at (top, left), which may be outside, and has the given size;
/// `fill` where there is no image.
Tensor framed(const Tensor& images, const ImageShape& shape, Dim top, Dim left, std::size_t height,
              std::size_t width, real fill = 0);

}  // namespace keratin::inline KERATIN_VARIANT::layers
