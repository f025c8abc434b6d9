#pragma once

#include <string>

#include "../../framework/handle.hpp"
#include "../../framework/kernels/resample.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Volumes.
template <std::size_t Rank>
struct UpSamplingOptions {
  Extent<Rank> size = 2;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Series.
template <>
struct UpSamplingOptions<1> {
  Dim size = 2;
  void describe(Fields& fields);
};

/// Images.
template <>
struct UpSamplingOptions<2> {
  Extent<2> size = 2;
  DataFormat data_format = image_data_format();
  /// "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
  std::string interpolation = "nearest";
  void describe(Fields& fields);
};

/// Makes each spatial axis `size` times as long (keras.layers.UpSampling1D, UpSampling2D,
/// UpSampling3D), by repeating its elements or, for images, by interpolating between them (see
/// kernels::Resampling).
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output the same, the spatial axes longer. Throws ValueError for sizes below 1 and other
/// interpolations.
template <std::size_t Rank>
class UpSamplingLayer final : public OptionsLayer<UpSamplingLayer<Rank>, UpSamplingOptions<Rank>> {
  using Base = OptionsLayer<UpSamplingLayer<Rank>, UpSamplingOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1   ? "UpSampling1D"
                                                 : Rank == 2 ? "UpSampling2D"
                                                             : "UpSampling3D";
  explicit UpSamplingLayer(UpSamplingOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  using Base::options_;
  DataFormat format() const;
  /// How the spatial axis `axis` is lengthened, and its place in a shape.
  kernels::Resampling resampling(const Shape& input, std::size_t axis) const;
  std::size_t place(std::size_t axis) const;

  kernels::Interpolation interpolation_ = kernels::Interpolation::nearest;
};

using UpSampling1D = Handle<UpSamplingLayer<1>>;
using UpSampling2D = Handle<UpSamplingLayer<2>>;
using UpSampling3D = Handle<UpSamplingLayer<3>>;

extern template class UpSamplingLayer<1>;
extern template class UpSamplingLayer<2>;
extern template class UpSamplingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
