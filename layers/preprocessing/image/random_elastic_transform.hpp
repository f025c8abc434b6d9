#pragma once

#include <optional>
#include <string>

#include "warped.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomElasticTransformOptions {
  /// The probability that an image is changed, itself drawn for each image: from a pair, or between
  /// 0 and one number. Within 0 and 1.
  Numbers factor = 1.0;
  /// How strongly, drawn once for all images: from a pair, or between 0 and one number. Within 0
  /// and 1.
  Numbers scale = 1.0;
  /// "bilinear" or "nearest".
  std::string interpolation = "bilinear";
  /// "reflect", "wrap", "constant" (then `fill_value`), "nearest" or "mirror": what is beyond the
  /// border, see kernels::FillMode.
  std::string fill_mode = "reflect";
  Number fill_value = 0.0;
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, moves the pixels of some images by smooth noise, within the value range; otherwise
/// the identity (keras.layers.RandomElasticTransform). Images with or without a batch axis; the
/// output has their shape. Throws ValueError for other factors, modes and ranges.
class RandomElasticTransformLayer final
    : public RandomImage<RandomElasticTransformLayer, RandomElasticTransformOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomElasticTransform";
  explicit RandomElasticTransformLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// By how much the pixels of each image are moved down and to the right, (images, height, width);
  /// zero where it stays.
  struct Shifts {
    Tensor down, right;
  };
  Shifts shifts(const ImageShape& shape, const Random& random) const;
  kernels::WarpCoordinates coordinates(const ImageShape& shape, const Shifts& shifts) const;
  /// Before it is clipped.
  Tensor moved(const Tensor& images, const ImageShape& shape, const Shifts& shifts) const;
  bool changes_nothing() const { return scales_.high == 0 || probability_.high == 0; }

  Range probability_, scales_, colours_;
  Sampling sampling_;
};

using RandomElasticTransform = Handle<RandomElasticTransformLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
