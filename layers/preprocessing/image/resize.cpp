#include "resize.hpp"

#include <algorithm>

#include "../../reshaping/resampled.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The part of an image that is resized; it reaches beyond it where there is padding.
struct Part {
  Dim top = 0, left = 0;
  std::size_t height, width;
};

Part part(const Resize& how, const ImageShape& shape) {
  Part all{0, 0, shape.height, shape.width};
  if (how.aspect == Resize::Aspect::lost) return all;
  const auto height = static_cast<Dim>(shape.height), width = static_cast<Dim>(shape.width);
  // The sizes that one side has where the other one stays.
  const Dim fitting_height = width * how.height / how.width;
  const Dim fitting_width = height * how.width / how.height;
  if (how.aspect == Resize::Aspect::cropped) {
    const Dim cropped_height = std::max<Dim>(std::min(height, fitting_height), 1);
    const Dim cropped_width = std::max<Dim>(std::min(width, fitting_width), 1);
    return {(height - cropped_height) / 2, (width - cropped_width) / 2,
            static_cast<std::size_t>(cropped_height), static_cast<std::size_t>(cropped_width)};
  }
  const Dim rows = std::max<Dim>(fitting_height - height, 0) / 2;
  const Dim columns = rows > 0 ? 0 : std::max<Dim>(fitting_width - width, 0) / 2;
  return {-rows, -columns, shape.height + 2 * static_cast<std::size_t>(rows),
          shape.width + 2 * static_cast<std::size_t>(columns)};
}

struct Axes2 {
  std::size_t height, width;
  kernels::Resampling rows, columns;

  Axes2(const Resize& how, const Part& part, std::size_t rank, DataFormat format)
      : height(height_axis(rank, format)),
        width(width_axis(rank, format)),
        rows(how.interpolation, part.height, static_cast<std::size_t>(how.height), how.antialias),
        columns(how.interpolation, part.width, static_cast<std::size_t>(how.width), how.antialias) {
  }
};

void check_not_empty(const Layer& layer, const ImageShape& shape, const Shape& received) {
  if (shape.height > 0 && shape.width > 0) return;
  throw ShapeError(concat(layer.label(), ": Images to resize must have a height and a width of at ",
                          "least 1. Received: inputs.shape=", tuple_text(received)));
}

}  // namespace

Tensor Resize::forward(const Layer& layer, const Tensor& images, DataFormat format) const {
  const ImageShape shape(layer, shape_of(images), format);
  check_not_empty(layer, shape, shape_of(images));
  const Part used = part(*this, shape);
  const Axes2 axes(*this, used, images.dimension(), format);
  if (aspect == Aspect::lost)
    return resampled(resampled(images, axes.width, axes.columns), axes.height, axes.rows);
  const Tensor framed_images = framed(images, shape, used.top, used.left, used.height, used.width,
                                      static_cast<real>(fill_value));
  return resampled(resampled(framed_images, axes.width, axes.columns), axes.height, axes.rows);
}

Tensor Resize::backward(const Layer& layer, Tensor gradient, const Shape& shape,
                        DataFormat format) const {
  const ImageShape sizes(layer, shape, format);
  const Part used = part(*this, sizes);
  const Axes2 axes(*this, used, shape.size(), format);
  gradient = resampled_backward(gradient, axes.height, axes.rows);
  gradient = resampled_backward(gradient, axes.width, axes.columns);
  if (aspect == Aspect::lost) return gradient;
  const ImageShape framed_sizes(layer, shape_of(gradient), format);
  return framed(gradient, framed_sizes, -used.top, -used.left, sizes.height, sizes.width);
}

void check_size(const Layer& layer, Dim height, Dim width) {
  if (height < 1 || width < 1) {
    layer.refuse("`height` and `width` must be positive integers. Received: height=", height,
                 ", width=", width);
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
