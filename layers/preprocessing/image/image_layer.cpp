#include "image_layer.hpp"

#include <algorithm>

#include "../../../framework/base/parallel.hpp"
#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

void check_rank(const Layer& layer, const Shape& shape) {
  if (shape.size() == 3 || shape.size() == 4) return;
  throw ShapeError(concat(layer.label(),
                          ": Expected image tensor to have rank 3 (single image) or ",
                          "4 (batch of images). Received: data.shape=", tuple_text(shape)));
}

}  // namespace

ImageShape::ImageShape(const Layer& layer, const Shape& shape, DataFormat data_format)
    : format(data_format) {
  check_rank(layer, shape);
  const std::size_t rank = shape.size(), y = height_axis(rank, format);
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(shape[axis]); };
  batch = rank == 4 ? size(0) : 1;
  height = size(y);
  width = size(y + 1);
  channels = size(channels_first() ? y - 1 : y + 2);
}

ImageLayer::ImageLayer(std::string_view class_name, LayerOptions options)
    : UnaryLayer(class_name, std::move(options)) {}

Shape ImageLayer::with_size(const Shape& input, DataFormat format, Dim height, Dim width) const {
  check_rank(*this, input);
  Shape output = input;
  output[height_axis(input.size(), format)] = height;
  output[width_axis(input.size(), format)] = width;
  return output;
}

void for_each_image(const ImageShape& shape, const std::function<void(std::size_t image)>& work) {
  parallel_for(shape.batch, 1 + 8192 / (1 + shape.image()),
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t i = begin; i < end; ++i) work(i);
               });
}

void describe_image(Fields& fields, DataFormat& data_format) {
  fields("data_format", data_format);
  if (fields.reading()) fields.constant("bounding_box_format", nullptr);
}

Tensor framed(const Tensor& images, const ImageShape& shape, Dim top, Dim left, std::size_t height,
              std::size_t width, real fill) {
  Shape framed_shape = shape_of(images);
  framed_shape[height_axis(framed_shape.size(), shape.format)] = static_cast<Dim>(height);
  framed_shape[width_axis(framed_shape.size(), shape.format)] = static_cast<Dim>(width);
  Tensor output = empty(framed_shape);
  const std::size_t inner = shape.plane_channels();
  const auto within = [](Dim place, std::size_t size) {
    return static_cast<std::size_t>(std::clamp<Dim>(place, 0, static_cast<Dim>(size)));
  };
  // Columns of the output that have an image under them.
  const std::size_t begin = within(-left, width);
  const std::size_t end = std::max(begin, within(static_cast<Dim>(shape.width) - left, width));
  const auto source = static_cast<std::size_t>(static_cast<Dim>(begin) + left);
  parallel_for(shape.planes() * height, 1 + 8192 / (1 + width * inner),
               [&](std::size_t first, std::size_t last) {
                 for (std::size_t row = first; row < last; ++row) {
                   real* const to = output.data() + row * width * inner;
                   const Dim y = static_cast<Dim>(row % height) + top;
                   if (y < 0 || y >= static_cast<Dim>(shape.height) || begin == end) {
                     std::fill_n(to, width * inner, fill);
                     continue;
                   }
                   const std::size_t line =
                       row / height * shape.height + static_cast<std::size_t>(y);
                   std::fill(to, to + begin * inner, fill);
                   std::copy_n(images.data() + (line * shape.width + source) * inner,
                               (end - begin) * inner, to + begin * inner);
                   std::fill(to + end * inner, to + width * inner, fill);
                 }
               });
  return output;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
