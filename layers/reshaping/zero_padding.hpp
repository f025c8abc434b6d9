#pragma once

#include "../../framework/handle.hpp"
#include "margins.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct ZeroPaddingOptions {
  /// Zeros before and after each spatial axis: `1`, `{1, 2}`, `{{1, 0}, {2, 1}}`; see Margins.
  Margins<Rank> padding = 1;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Puts zeros around the spatial axes (keras.layers.ZeroPadding1D, ZeroPadding2D, ZeroPadding3D).
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output the same, each spatial axis longer by its padding. Throws ValueError for negative ones.
template <std::size_t Rank>
class ZeroPaddingLayer final
    : public OptionsLayer<ZeroPaddingLayer<Rank>, ZeroPaddingOptions<Rank>> {
  using Base = OptionsLayer<ZeroPaddingLayer<Rank>, ZeroPaddingOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1   ? "ZeroPadding1D"
                                                 : Rank == 2 ? "ZeroPadding2D"
                                                             : "ZeroPadding3D";
  explicit ZeroPaddingLayer(ZeroPaddingOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
};

using ZeroPadding1D = Handle<ZeroPaddingLayer<1>>;
using ZeroPadding2D = Handle<ZeroPaddingLayer<2>>;
using ZeroPadding3D = Handle<ZeroPaddingLayer<3>>;

extern template class ZeroPaddingLayer<1>;
extern template class ZeroPaddingLayer<2>;
extern template class ZeroPaddingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
