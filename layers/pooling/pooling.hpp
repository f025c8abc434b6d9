#pragma once

#include "../../framework/handle.hpp"
#include "../../framework/kernels/pooling.hpp"
#include "../../framework/spatial.hpp"
#include "pooled.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank, Pooled How>
struct PoolingOptions {
  /// Required for averages.
  Extent<Rank> pool_size = How == Pooled::maximum ? 2 : 0;
  /// Left out: pool_size.
  OptionalExtent<Rank> strides = {};
  /// "valid" or "same".
  Padding padding = Padding::valid;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// The largest or the mean element of each window, channel by channel (keras.layers.MaxPooling1D,
/// AveragePooling1D and so on to 3D). Padding counts for neither.
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output the same with (size - pool_size) / strides + 1 places per axis, rounded down, for
/// "valid", and size / strides, rounded up, for "same". Throws ValueError for sizes below 1,
/// ShapeError where no window fits.
template <std::size_t Rank, Pooled How>
class PoolingLayer final : public OptionsLayer<PoolingLayer<Rank, How>, PoolingOptions<Rank, How>> {
  using Base = OptionsLayer<PoolingLayer<Rank, How>, PoolingOptions<Rank, How>>;

 public:
  static constexpr std::string_view keras_name =
      pooled_name<Rank>(How, {"MaxPooling1D", "MaxPooling2D", "MaxPooling3D"},
                        {"AveragePooling1D", "AveragePooling2D", "AveragePooling3D"});
  explicit PoolingLayer(PoolingOptions<Rank, How> options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
  SpatialShape<Rank> output_shape(const Shape& input) const;
  kernels::PoolSizes sizes(const Shape& input) const;
};

using MaxPooling1D = Handle<PoolingLayer<1, Pooled::maximum>>;
using MaxPooling2D = Handle<PoolingLayer<2, Pooled::maximum>>;
using MaxPooling3D = Handle<PoolingLayer<3, Pooled::maximum>>;
using AveragePooling1D = Handle<PoolingLayer<1, Pooled::average>>;
using AveragePooling2D = Handle<PoolingLayer<2, Pooled::average>>;
using AveragePooling3D = Handle<PoolingLayer<3, Pooled::average>>;

extern template class PoolingLayer<1, Pooled::maximum>;
extern template class PoolingLayer<2, Pooled::maximum>;
extern template class PoolingLayer<3, Pooled::maximum>;
extern template class PoolingLayer<1, Pooled::average>;
extern template class PoolingLayer<2, Pooled::average>;
extern template class PoolingLayer<3, Pooled::average>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
