#pragma once

#include "../../framework/handle.hpp"
#include "../../framework/spatial.hpp"
#include "pooled.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct AdaptivePoolingOptions {
  /// Places of the output per axis; required.
  Extent<Rank> output_size = 0;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Pooling to an output of a given size (keras.layers.AdaptiveMaxPooling1D,
/// AdaptiveAveragePooling1D and so on to 3D): output i of n is made from the
/// inputs floor(i * size / n) to ceil((i + 1) * size / n) - 1.
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch,
/// channels, spatial...); output the same with spatial sizes `output_size`.
/// Throws ValueError for sizes below 1.
template <std::size_t Rank, Pooled How>
class AdaptivePoolingLayer final
    : public OptionsLayer<AdaptivePoolingLayer<Rank, How>, AdaptivePoolingOptions<Rank>> {
  using Base = OptionsLayer<AdaptivePoolingLayer<Rank, How>, AdaptivePoolingOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = pooled_name<Rank>(
      How, {"AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"},
      {"AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"});
  explicit AdaptivePoolingLayer(AdaptivePoolingOptions<Rank> options = {},
                                LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  using Base::options_;
};

using AdaptiveMaxPooling1D = Handle<AdaptivePoolingLayer<1, Pooled::maximum>>;
using AdaptiveMaxPooling2D = Handle<AdaptivePoolingLayer<2, Pooled::maximum>>;
using AdaptiveMaxPooling3D = Handle<AdaptivePoolingLayer<3, Pooled::maximum>>;
using AdaptiveAveragePooling1D = Handle<AdaptivePoolingLayer<1, Pooled::average>>;
using AdaptiveAveragePooling2D = Handle<AdaptivePoolingLayer<2, Pooled::average>>;
using AdaptiveAveragePooling3D = Handle<AdaptivePoolingLayer<3, Pooled::average>>;

extern template class AdaptivePoolingLayer<1, Pooled::maximum>;
extern template class AdaptivePoolingLayer<2, Pooled::maximum>;
extern template class AdaptivePoolingLayer<3, Pooled::maximum>;
extern template class AdaptivePoolingLayer<1, Pooled::average>;
extern template class AdaptivePoolingLayer<2, Pooled::average>;
extern template class AdaptivePoolingLayer<3, Pooled::average>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
