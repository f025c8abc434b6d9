#pragma once

#include <cstdint>
#include <optional>

#include "../../regularization/noise_layer.hpp"
#include "factors.hpp"
#include "image_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A layer that changes images in training, by chance, and passes them on otherwise.
class RandomImageLayer : public ImageLayer {
 public:
  using ImageLayer::ImageLayer;

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

  virtual DataFormat data_format() const = 0;
  /// The images as they come out in training. Equal `random` makes equal changes.
  virtual Tensor augment(const Tensor& images, const ImageShape& shape,
                         const Random& random) const = 0;
  /// The gradient to `images`.
  virtual Tensor augment_backward(Tensor gradient, const Tensor& images, const ImageShape& shape,
                                  const Random& random) const = 0;

 protected:
  std::uint64_t seed_ = 0;
};

/// A RandomImageLayer with its options, which have a data_format and, mostly, a seed.
template <class Derived, class Options>
class RandomImage : public OptionsLayer<Derived, Options, RandomImageLayer> {
  using Base = OptionsLayer<Derived, Options, RandomImageLayer>;

 public:
  explicit RandomImage(Options options, LayerOptions common)
      : Base(std::move(options), std::move(common)) {
    std::optional<Dim> seed;
    if constexpr (requires { this->options_.seed; }) seed = this->options_.seed;
    this->seed_ = seed_or_next(seed);
  }
  DataFormat data_format() const final { return this->options_.data_format; }
};

/// The numbers that a layer draws for each image: draw k of image i. Draws from `first` on are
/// used.
class Draws {
 public:
  Draws(const Random& random, std::size_t per_image, std::size_t first = 0)
      : random_(random), per_image_(per_image), first_(first) {}
  double operator()(std::size_t image, std::size_t k = 0) const {
    return random_.uniform(first_ + image * per_image_ + k);
  }

 private:
  const Random& random_;
  std::size_t per_image_, first_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
