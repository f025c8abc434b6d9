#include "preprocess_input.hpp"

#include <array>
#include <utility>

#include "../framework/base/error.hpp"
#include "../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

/// How many elements lie between those of a pixel's channels, and how many in an image's plane.
struct Pixels {
  std::size_t images, planes_stride, count, step;
};

Pixels pixels_of(const Shape& shape, DataFormat format) {
  const std::size_t rank = shape.size();
  const bool first = format == DataFormat::channels_first;
  if ((rank != 3 && rank != 4) || shape[first ? rank - 3 : rank - 1] != 3) {
    throw ShapeError(
        concat("preprocess_input expects images of 3 channels (", format.name(),
               "), with or without a batch axis. Received shape: ", tuple_text(shape)));
  }
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(shape[axis]); };
  const std::size_t images = rank == 4 ? size(0) : 1;
  const std::size_t count =
      first ? size(rank - 2) * size(rank - 1) : size(rank - 3) * size(rank - 2);
  return {images, first ? count : 1, count, first ? std::size_t{1} : std::size_t{3}};
}

struct Scaling {
  real scale;
  std::array<real, 3> mean, deviation;
};

}  // namespace

Tensor preprocess_input(Tensor images, PreprocessMode mode, DataFormat data_format) {
  if (mode == PreprocessMode::tf) {
    for (real& x : images) x = x / real(127.5) - 1;
    return images;
  }
  const Pixels pixels = pixels_of(shape_of(images), data_format);
  const bool is_caffe = mode == PreprocessMode::caffe;
  const Scaling scaling = is_caffe
                              ? Scaling{1, {real(103.939), real(116.779), real(123.68)}, {1, 1, 1}}
                              : Scaling{255,
                                        {real(0.485), real(0.456), real(0.406)},
                                        {real(0.229), real(0.224), real(0.225)}};
  for (std::size_t image = 0; image < pixels.images; ++image) {
    real* const begin = images.data() + image * 3 * pixels.count;
    for (std::size_t i = 0; i < pixels.count; ++i) {
      real* const pixel = begin + i * pixels.step;
      if (is_caffe) std::swap(pixel[0], pixel[2 * pixels.planes_stride]);
      for (std::size_t c = 0; c < 3; ++c) {
        real& x = pixel[c * pixels.planes_stride];
        x = (x / scaling.scale - scaling.mean[c]) / scaling.deviation[c];
      }
    }
  }
  return images;
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
