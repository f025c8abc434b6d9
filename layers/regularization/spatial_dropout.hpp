#pragma once

#include <optional>

#include "../../framework/extent.hpp"
#include "noise_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct SpatialDropoutOptions {
  /// The share of the channels to drop, 0 to 1; required.
  double rate = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  /// For 2D and 3D; 1D is channels_last.
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Dropout of whole channels (keras.layers.SpatialDropout1D, 2D and 3D; Tompson et al., 2014).
///
/// Input (batch, spatial..., channels) or, channels_first, (batch, channels, spatial...); output
/// the same.
template <std::size_t Rank>
class SpatialDropoutLayer final
    : public OptionsLayer<SpatialDropoutLayer<Rank>, SpatialDropoutOptions<Rank>> {
 public:
  using Base = OptionsLayer<SpatialDropoutLayer<Rank>, SpatialDropoutOptions<Rank>>;
  static constexpr std::string_view keras_name = Rank == 1   ? "SpatialDropout1D"
                                                 : Rank == 2 ? "SpatialDropout2D"
                                                             : "SpatialDropout3D";
  explicit SpatialDropoutLayer(SpatialDropoutOptions<Rank> options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }
  void write_config(Json& config) const override;

 private:
  std::uint64_t seed_;
};

extern template class SpatialDropoutLayer<1>;
extern template class SpatialDropoutLayer<2>;
extern template class SpatialDropoutLayer<3>;
using SpatialDropout1D = Handle<SpatialDropoutLayer<1>>;
using SpatialDropout2D = Handle<SpatialDropoutLayer<2>>;
using SpatialDropout3D = Handle<SpatialDropoutLayer<3>>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
