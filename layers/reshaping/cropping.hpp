#pragma once

#include "../../framework/handle.hpp"
#include "margins.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct CroppingOptions {
  /// What is cut off before and after each spatial axis: `1`, `{1, 2}`, `{{1, 0}, {2, 1}}`; see
  /// Margins. Keras's Cropping2D cuts nothing by default.
  Margins<Rank> cropping = Rank == 2 ? 0 : 1;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

template <>
struct CroppingOptions<1> {
  Margins<1> cropping = 1;
  void describe(Fields& fields);
};

/// Cuts off the ends of the spatial axes (keras.layers.Cropping1D, Cropping2D, Cropping3D).
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output the same, each spatial axis shorter by its cropping. Throws ValueError for negative
/// ones, ShapeError where nothing is left.
template <std::size_t Rank>
class CroppingLayer final : public OptionsLayer<CroppingLayer<Rank>, CroppingOptions<Rank>> {
  using Base = OptionsLayer<CroppingLayer<Rank>, CroppingOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1   ? "Cropping1D"
                                                 : Rank == 2 ? "Cropping2D"
                                                             : "Cropping3D";
  explicit CroppingLayer(CroppingOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  using Base::options_;
  DataFormat format() const;
};

using Cropping1D = Handle<CroppingLayer<1>>;
using Cropping2D = Handle<CroppingLayer<2>>;
using Cropping3D = Handle<CroppingLayer<3>>;

extern template class CroppingLayer<1>;
extern template class CroppingLayer<2>;
extern template class CroppingLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
