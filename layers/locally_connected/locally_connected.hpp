#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct LocallyConnectedOptions {
  /// Required.
  Dim filters = 0;
  /// Required.
  Extent<Rank> kernel_size = 0;
  Extent<Rank> strides = 1;
  /// "valid" only.
  Padding padding = Padding::valid;
  DataFormat data_format = image_data_format();
  Spec<ActivationFunction> activation = {};
  bool use_bias = true;
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> bias_constraint = {};
  void describe(Fields& fields);
};

/// A convolution with weights of its own at each place of the output (LocallyConnected1D and 2D of
/// Keras 1 and 2, `implementation` 1; Keras 3 has none):
///
///   output[b, p, f] = activation(bias[p, f] + sum over i of patch(b, p)[i] * kernel[p, i, f])
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...), of
/// known sizes. Weights: kernel (places, taps * channels, filters), where a patch is flattened in
/// the order of the input's axes; bias (output sizes..., filters). Throws ValueError for sizes
/// below 1 and paddings other than "valid".
template <std::size_t Rank>
class LocallyConnectedLayer final
    : public OptionsLayer<LocallyConnectedLayer<Rank>, LocallyConnectedOptions<Rank>> {
  using Base = OptionsLayer<LocallyConnectedLayer<Rank>, LocallyConnectedOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name =
      Rank == 1 ? "LocallyConnected1D" : "LocallyConnected2D";
  explicit LocallyConnectedLayer(LocallyConnectedOptions<Rank> options = {},
                                 LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  using Base::options_;
  struct Patches;
  void build_weights(const Shape& input) override;
  SpatialShape<Rank> output_shape(const Shape& input) const;

  Parameter* kernel_ = nullptr;
  Parameter* bias_ = nullptr;
};

using LocallyConnected1D = Handle<LocallyConnectedLayer<1>>;
using LocallyConnected2D = Handle<LocallyConnectedLayer<2>>;

extern template class LocallyConnectedLayer<1>;
extern template class LocallyConnectedLayer<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
