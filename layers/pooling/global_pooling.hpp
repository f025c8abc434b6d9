#pragma once

#include "../../framework/handle.hpp"
#include "../../framework/spatial.hpp"
#include "pooled.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank, Pooled How>
struct GlobalPoolingOptions {
  DataFormat data_format = image_data_format();
  /// Keep the spatial axes, with size 1.
  bool keepdims = false;
  void describe(Fields& fields);
};

/// The largest or the mean element of each channel (keras.layers.GlobalMaxPooling1D,
/// GlobalAveragePooling1D and so on to 3D).
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output (batch, channels), or with `keepdims` the input's shape with spatial sizes 1.
/// GlobalAveragePooling1D takes the mean of the steps that its mask (batch, steps) counts (0 / 0
/// where it counts none). Equal largest elements share the gradient. No mask goes on.
template <std::size_t Rank, Pooled How>
class GlobalPoolingLayer final
    : public OptionsLayer<GlobalPoolingLayer<Rank, How>, GlobalPoolingOptions<Rank, How>> {
  using Base = OptionsLayer<GlobalPoolingLayer<Rank, How>, GlobalPoolingOptions<Rank, How>>;

 public:
  static constexpr std::string_view keras_name = pooled_name<Rank>(
      How, {"GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"},
      {"GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"});
  explicit GlobalPoolingLayer(GlobalPoolingOptions<Rank, How> options = {},
                              LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
};

using GlobalMaxPooling1D = Handle<GlobalPoolingLayer<1, Pooled::maximum>>;
using GlobalMaxPooling2D = Handle<GlobalPoolingLayer<2, Pooled::maximum>>;
using GlobalMaxPooling3D = Handle<GlobalPoolingLayer<3, Pooled::maximum>>;
using GlobalAveragePooling1D = Handle<GlobalPoolingLayer<1, Pooled::average>>;
using GlobalAveragePooling2D = Handle<GlobalPoolingLayer<2, Pooled::average>>;
using GlobalAveragePooling3D = Handle<GlobalPoolingLayer<3, Pooled::average>>;

extern template class GlobalPoolingLayer<1, Pooled::maximum>;
extern template class GlobalPoolingLayer<2, Pooled::maximum>;
extern template class GlobalPoolingLayer<3, Pooled::maximum>;
extern template class GlobalPoolingLayer<1, Pooled::average>;
extern template class GlobalPoolingLayer<2, Pooled::average>;
extern template class GlobalPoolingLayer<3, Pooled::average>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
