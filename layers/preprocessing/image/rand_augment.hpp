#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandAugmentOptions {
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// How many changes are made, one after the other.
  Dim num_ops = 2;
  /// How strong they are: the inner layers draw from this pair, or from 0 to one number. Within 0
  /// and 1.
  Numbers factor = 0.5;
  /// "bilinear" or "nearest".
  std::string interpolation = "bilinear";
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, makes `num_ops` changes chosen from eleven, the same ones to all images of a batch
/// but each by its own amounts; otherwise the identity (keras.layers.RandAugment; Cubuk et al.,
/// 2020). Images as those layers take them; the output has their shape. Throws ValueError for other
/// factors, interpolations and ranges and for negative numbers of changes.
class RandAugmentLayer final : public RandomImage<RandAugmentLayer, RandAugmentOptions> {
 public:
  static constexpr std::string_view keras_name = "RandAugment";
  explicit RandAugmentLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  std::vector<Stage> stages(const Random& random) const;

  std::vector<std::shared_ptr<const RandomImageLayer>> layers_;
};

using RandAugment = Handle<RandAugmentLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
