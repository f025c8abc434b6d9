#pragma once

#include <optional>

#include "random_image.hpp"
#include "resize.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct RandomCropOptions {
  /// Of the output; both are required.
  Dim height = 0, width = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// In training, a part of the images, at a place that is the same for the whole batch; otherwise
/// the identity (keras.layers.RandomCrop). Where images are not larger in both directions, as much
/// of them as there is, resized. Shapes as in Resizing. Throws ValueError for sizes below 1.
class RandomCropLayer final : public RandomImage<RandomCropLayer, RandomCropOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomCrop";
  explicit RandomCropLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor augment(const Tensor& images, const ImageShape& shape,
                 const Random& random) const override;
  Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                          const Random& random) const override;

 private:
  /// Where the part begins and how much of it there is.
  struct Part {
    Dim top, left;
    std::size_t height, width;
  };
  Part part(const ImageShape& shape, const Random& random) const;
  bool is_whole(const Part& part) const;
  Resize resize() const { return {.height = options_.height, .width = options_.width}; }
};

using RandomCrop = Handle<RandomCropLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
