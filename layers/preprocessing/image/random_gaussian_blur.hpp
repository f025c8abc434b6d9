#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomGaussianBlurOptions {
  /// The probability that an image is blurred, itself drawn for each image: from a pair, or between
  /// 0 and one number. Within 0 and 1.
  Numbers factor = 1.0;
  /// Of the kernel, odd: its width and height, or one number for both.
  Numbers kernel_size = 3;
  /// Of the Gaussian, drawn for width and height but once for all images: from a pair, or between 0
  /// and one number. Within 0 and 1.
  Numbers sigma = 1.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, blurs some images, within the value range; otherwise the identity
/// (keras.layers.RandomGaussianBlur). Images with or without a batch axis; the output has their
/// shape. Throws ValueError for other factors, sizes and ranges.
class RandomGaussianBlurLayer final
    : public RandomImage<RandomGaussianBlurLayer, RandomGaussianBlurOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomGaussianBlur";
  explicit RandomGaussianBlurLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Before it is clipped.
  Tensor partly_blurred(const Tensor& images, const ImageShape& shape, const Random& random) const;

  Range probability_, sigmas_, colours_;
  std::size_t width_, height_;
};

using RandomGaussianBlur = Handle<RandomGaussianBlurLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
