#pragma once

#include <optional>
#include <vector>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct MixUpOptions {
  /// Of the beta distribution that an image's part in the mixture has; above 0: small ones leave
  /// images nearly alone.
  double alpha = 0.2;
  DataFormat data_format = image_data_format();
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// In training, mixes each image with another one of its batch; otherwise the identity
/// (keras.layers.MixUp; Zhang et al., 2018). Images with or without a batch axis; the output has
/// their shape. Labels, which Keras mixes where they come with the images in a dictionary, have no
/// place here. Throws ValueError unless alpha is positive.
class MixUpLayer final : public RandomImage<MixUpLayer, MixUpOptions> {
 public:
  static constexpr std::string_view keras_name = "MixUp";
  explicit MixUpLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  struct Mixture {
    std::vector<std::size_t> others;
    std::vector<real> parts;
  };
  Mixture mixture(std::size_t images, const Random& random) const;
};

using MixUp = Handle<MixUpLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
