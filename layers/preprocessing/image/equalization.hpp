#pragma once

#include <vector>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct EqualizationOptions {
  /// The least and the greatest colour.
  Numbers value_range = {0, 255};
  /// How many steps of colour the histogram tells apart.
  Dim bins = 256;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, replaces each colour by how many others of its channel are below it, so that all
/// are equally frequent; otherwise the identity (keras.layers.Equalization). As in Keras, a channel
/// has one histogram for the whole batch. Images with or without a batch axis; the output has their
/// shape; the gradient is zero where colours are looked up. Throws ValueError for a range that is
/// no pair and fewer than 2 bins.
class EqualizationLayer final : public RandomImage<EqualizationLayer, EqualizationOptions> {
 public:
  static constexpr std::string_view keras_name = "Equalization";
  explicit EqualizationLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// What the bins of a channel become; empty where all colours are in one, which changes nothing.
  std::vector<real> table(Tensor& images, const ImageShape& shape, std::size_t channel) const;

  Range colours_;
};

using Equalization = Handle<EqualizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
