#include "blur.hpp"

#include <cmath>

#include "../../../framework/nn/depthwise_conv2d.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

Tensor convolved(const Tensor& images, const ImageShape& shape, const Tensor& kernel) {
  const Shape original = shape_of(images);
  Shape batched = original;
  if (batched.size() == 3) batched.insert(batched.begin(), 1);
  Tensor filter = empty({static_cast<Dim>(kernel.shape(0)), static_cast<Dim>(kernel.shape(1)),
                         static_cast<Dim>(shape.channels), 1});
  for (std::size_t i = 0; i < filter.size(); ++i)
    filter.data()[i] = kernel.data()[i / shape.channels];
  const bool first = shape.format == DataFormat::channels_first;
  return reshaped(nn::depthwise_conv2d(reshaped(images, batched), filter, {1, 1, 1, 1}, "SAME",
                                       first ? "NCHW" : "NHWC"),
                  original);
}

Tensor blurred(const Tensor& images, const ImageShape& shape, const std::vector<real>& rows,
               const std::vector<real>& columns) {
  Tensor down = empty({static_cast<Dim>(rows.size()), 1});
  std::copy(rows.begin(), rows.end(), down.begin());
  Tensor across = empty({1, static_cast<Dim>(columns.size())});
  std::copy(columns.begin(), columns.end(), across.begin());
  return convolved(convolved(images, shape, down), shape, across);
}

std::vector<real> gaussian(std::size_t size, double sigma) {
  std::vector<double> values(size);
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const double x = static_cast<double>(i) - (static_cast<double>(size) - 1) / 2;
    sum += values[i] = std::exp(-0.5 * (x / sigma) * (x / sigma));
  }
  std::vector<real> weights;
  for (const double value : values) weights.push_back(static_cast<real>(value / sum));
  return weights;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
