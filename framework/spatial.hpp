#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "extent.hpp"
#include "layer.hpp"
#include "nn/conv_geometry.hpp"

// What layers over series (rank 1), images (2) and volumes (3) share.
namespace keratin::inline KERATIN_VARIANT {

/// The sizes in a shape (batch, spatial..., channels), wherever its channel axis is.
template <std::size_t Rank>
struct SpatialShape {
  Dim batch;
  std::array<Dim, Rank> size;
  Dim channels;

  /// `shape` has Rank + 2 axes.
  SpatialShape(const Shape& shape, DataFormat format);
  Shape shape(DataFormat format) const;
  /// The product of the spatial sizes.
  std::size_t pixels() const;
};

/// The channel axis of a shape with `rank` spatial axes.
constexpr int channel_axis(DataFormat format, std::size_t rank) {
  return format == DataFormat::channels_first ? 1 : static_cast<int>(rank) + 1;
}

/// Spatial sizes as kernels take them: three axes, the leading ones `fill`.
template <std::size_t Rank>
std::array<std::size_t, 3> three_axes(const std::array<Dim, Rank>& values, std::size_t fill = 1) {
  std::array<std::size_t, 3> axes{fill, fill, fill};
  for (std::size_t i = 0; i < Rank; ++i) axes[3 - Rank + i] = static_cast<std::size_t>(values[i]);
  return axes;
}

/// A tensor read with its channels last: the tensor itself, or a transposed copy.
class ChannelsLast {
 public:
  ChannelsLast(const Tensor& tensor, DataFormat format);
  ChannelsLast(Tensor&&, DataFormat) = delete;
  const real* data() const { return copy_ ? copy_->data() : tensor_.data(); }

 private:
  const Tensor& tensor_;
  std::optional<Tensor> copy_;
};

/// `tensor`, whose channels are last, in `format`.
Tensor from_channels_last(Tensor tensor, DataFormat format);

/// The sum of each channel of `tensor`, of shape (channels): a bias's gradient.
Tensor channel_sums(const Tensor& tensor, DataFormat format);

/// The same for "valid", "same" and "causal".
inline nn::WindowPadding window_padding(Padding padding) {
  return padding == Padding::valid  ? nn::WindowPadding::valid
         : padding == Padding::same ? nn::WindowPadding::same
                                    : nn::WindowPadding::causal;
}

/// Refuses values below `least` (0 or 1) in Keras's words.
template <std::size_t Rank>
void check_extent(const Layer& layer, std::string_view argument, const Extent<Rank>& values,
                  Dim least = 1);
/// Refuses "causal" unless it is allowed.
void check_padding(const Layer& layer, Padding padding, bool causal_allowed = false);

}  // namespace keratin::inline KERATIN_VARIANT
