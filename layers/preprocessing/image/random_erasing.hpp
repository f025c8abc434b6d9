#pragma once

#include <optional>

#include "patch.hpp"
#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomErasingOptions {
  /// The probability that an image is changed, itself drawn for each image: from a pair, or between
  /// 0 and one number. Within 0 and 1.
  Numbers factor = 1.0;
  /// Width and height of the patch are the square roots of two numbers drawn from this pair, or
  /// from 0 to one number, as parts of the image's. Within 0 and 1.
  Numbers scale = {0.02, 0.33};
  /// What fills the patch, one number or one for each of three channels; none: normal noise times
  /// the greatest colour. Kept within the value range.
  std::optional<Numbers> fill_value = {};
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, fills a rectangle of some images; otherwise the identity
/// (keras.layers.RandomErasing; Zhong et al., 2017). Images with or without a batch axis; the
/// output has their shape. Throws ValueError for other factors and ranges, ShapeError where the
/// fill values are not as many as channels.
class RandomErasingLayer final : public RandomImage<RandomErasingLayer, RandomErasingOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomErasing";
  explicit RandomErasingLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Empty where the image stays.
  Patch patch(const ImageShape& shape, const Draws& draws, std::size_t image) const;

  Range probability_, scales_, colours_;
};

using RandomErasing = Handle<RandomErasingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
