#include "spatial.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/transpose.hpp"

namespace keratin::inline KERATIN_VARIANT {

template <std::size_t Rank>
SpatialShape<Rank>::SpatialShape(const Shape& shape, DataFormat format)
    : batch(shape[0]), channels(format == DataFormat::channels_first ? shape[1] : shape.back()) {
  const std::size_t first = format == DataFormat::channels_first ? 2 : 1;
  for (std::size_t i = 0; i < Rank; ++i) size[i] = shape[first + i];
}

template <std::size_t Rank>
Shape SpatialShape<Rank>::shape(DataFormat format) const {
  Shape shape{batch};
  if (format == DataFormat::channels_first) shape.push_back(channels);
  shape.insert(shape.end(), size.begin(), size.end());
  if (format == DataFormat::channels_last) shape.push_back(channels);
  return shape;
}

template <std::size_t Rank>
std::size_t SpatialShape<Rank>::pixels() const {
  std::size_t product = 1;
  for (const Dim axis : size) product *= static_cast<std::size_t>(axis);
  return product;
}

template struct SpatialShape<1>;
template struct SpatialShape<2>;
template struct SpatialShape<3>;

ChannelsLast::ChannelsLast(const Tensor& tensor, DataFormat format) : tensor_(tensor) {
  if (format == DataFormat::channels_last) return;
  const std::size_t batch = tensor.shape(0), channels = tensor.shape(1);
  copy_ = empty(shape_of(tensor));  // only its memory is used
  if (tensor.size() == 0) return;
  kernels::transpose(batch, channels, tensor.size() / (batch * channels), tensor.data(),
                     copy_->data());
}

Tensor from_channels_last(Tensor tensor, DataFormat format) {
  if (format == DataFormat::channels_last) return tensor;
  Shape shape = shape_of(tensor);
  const Dim channels = shape.back();
  shape.pop_back();
  shape.insert(shape.begin() + 1, channels);
  Tensor first = empty(shape);
  if (tensor.size() == 0) return first;
  const auto batch = static_cast<std::size_t>(shape[0]);
  const auto columns = static_cast<std::size_t>(channels);
  kernels::transpose(batch, tensor.size() / (batch * columns), columns, tensor.data(),
                     first.data());
  return first;
}

Tensor channel_sums(const Tensor& tensor, DataFormat format) {
  const auto axis = format == DataFormat::channels_first ? 1 : tensor.dimension() - 1;
  const std::size_t channels = tensor.shape(axis);
  Tensor sums = zeros({static_cast<Dim>(channels)});
  if (tensor.size() == 0) return sums;
  if (format == DataFormat::channels_last) {
    kernels::column_sums(tensor.size() / channels, channels, tensor.data(), sums.data());
    return sums;
  }
  const std::size_t batch = tensor.shape(0), pixels = tensor.size() / (batch * channels);
  parallel_for(channels, 1 + 16384 / (batch * pixels), [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      double sum = 0;
      for (std::size_t b = 0; b < batch; ++b) {
        const real* row = tensor.data() + (b * channels + c) * pixels;
        // Four sums side by side: one would wait for each addition.
        std::array<double, 4> parts{};
        std::size_t i = 0;
        for (; i + 4 <= pixels; i += 4) {
          for (std::size_t j = 0; j < 4; ++j) parts[j] += static_cast<double>(row[i + j]);
        }
        for (; i < pixels; ++i) parts[0] += static_cast<double>(row[i]);
        sum += (parts[0] + parts[1]) + (parts[2] + parts[3]);
      }
      sums.data()[c] = static_cast<real>(sum);
    }
  });
  return sums;
}

template <std::size_t Rank>
void check_extent(const Layer& layer, std::string_view argument, const Extent<Rank>& values,
                  Dim least) {
  std::string wrong;
  for (std::size_t i = 0; i < Rank; ++i) {
    const bool seen =
        std::find(values.begin(), values.begin() + i, values[i]) != values.begin() + i;
    if (values[i] < least && !seen)
      wrong += (wrong.empty() ? "" : ", ") + std::to_string(values[i]);
  }
  if (wrong.empty()) return;
  layer.refuse("The `", argument, "` argument must be a tuple of ", Rank, " integers. Received ",
               argument, "=", values.values(), ", including values {", wrong,
               "} that do not satisfy `value ", least == 0 ? ">= 0" : "> 0", "`");
}

template void check_extent(const Layer&, std::string_view, const Extent<1>&, Dim);
template void check_extent(const Layer&, std::string_view, const Extent<2>&, Dim);
template void check_extent(const Layer&, std::string_view, const Extent<3>&, Dim);

void check_padding(const Layer& layer, Padding padding, bool causal_allowed) {
  if (padding != Padding::causal || causal_allowed) return;
  layer.refuse("The `padding` argument must be a list/tuple or one of {'valid', 'same'}. ",
               "Received: ", padding.name());
}

}  // namespace keratin::inline KERATIN_VARIANT
