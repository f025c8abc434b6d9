#pragma once

#include <optional>
#include <string>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomFlipOptions {
  /// "horizontal" (left and right), "vertical" or "horizontal_and_vertical".
  std::string mode = "horizontal_and_vertical";
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, flips each image with probability 1/2, in both directions or in none; otherwise the
/// identity (keras.layers.RandomFlip). Images with or without a batch axis; the output has their
/// shape. Throws ValueError for other modes.
class RandomFlipLayer final : public RandomImage<RandomFlipLayer, RandomFlipOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomFlip";
  explicit RandomFlipLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  bool across_ = false, down_ = false;
};

using RandomFlip = Handle<RandomFlipLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
