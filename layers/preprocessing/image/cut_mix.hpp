#pragma once

#include <optional>

#include "random_image.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct CutMixOptions {
  /// What the parameter of a beta distribution is drawn from, once for all images; it gives the
  /// part of an image that stays: a pair, or 0 to one number. Within 0 and 1.
  Numbers factor = 1.0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, pastes a rectangle of another image of the batch into each; otherwise, and for a
/// single image, the identity (keras.layers.CutMix; Yun et al., 2019). Images with or without a
/// batch axis; the output has their shape. Labels, which Keras mixes where they come with the
/// images in a dictionary, have no place here. Throws ValueError for other factors.
class CutMixLayer final : public RandomImage<CutMixLayer, CutMixOptions> {
 public:
  static constexpr std::string_view keras_name = "CutMix";
  explicit CutMixLayer(Options options = {}, LayerOptions common = {});

  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Calls `work(place, other)` for each element that is another image's: its place and that one's.
  template <class Work>
  void for_each_pasted(const ImageShape& shape, const Random& random, const Work& work) const;

  Range alphas_;
};

using CutMix = Handle<CutMixLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
