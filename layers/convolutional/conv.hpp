#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/kept_for.hpp"
#include "../../framework/kernels/conv.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct ConvOptions {
  /// Channels of the output; required.
  Dim filters = 0;
  /// Required.
  Extent<Rank> kernel_size = 0;
  Extent<Rank> strides = 1;
  /// "valid", "same" or, for series, "causal".
  Padding padding = Padding::valid;
  DataFormat data_format = image_data_format();
  Extent<Rank> dilation_rate = 1;
  /// The channels are divided into this many parts that are convolved separately.
  Dim groups = 1;
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

/// A convolution over series, images or volumes (keras.layers.Conv1D, Conv2D, Conv3D):
///
///   output[b, i, f] = activation(bias[f] + sum over taps k and channels c of
///                                input[b, i * stride + k * dilation - pad, c] * kernel[k, c, f])
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output the same with `filters` channels. Weights: kernel (kernel_size..., channels / groups,
/// filters), bias (filters). Throws ValueError for sizes below 1, for groups that do not divide the
/// filters (ShapeError: the input's channels) and for strides together with dilation.
template <std::size_t Rank>
class ConvLayer final : public OptionsLayer<ConvLayer<Rank>, ConvOptions<Rank>> {
  using Base = OptionsLayer<ConvLayer<Rank>, ConvOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1   ? "Conv1D"
                                                 : Rank == 2 ? "Conv2D"
                                                             : "Conv3D";
  explicit ConvLayer(ConvOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
  void build_weights(const Shape& input) override;
  SpatialShape<Rank> output_shape(const Shape& input) const;
  kernels::ConvSizes sizes(const Shape& input) const;
  void add_weight_gradients(const real* gradient, const kernels::ConvSizes& sizes,
                            Context& context) const;

  Parameter* kernel_ = nullptr;
  Parameter* bias_ = nullptr;
  KeptFor<kernels::PackedFilter<real>> packed_;
};

using Conv1D = Handle<ConvLayer<1>>;
using Conv2D = Handle<ConvLayer<2>>;
using Conv3D = Handle<ConvLayer<3>>;

extern template class ConvLayer<1>;
extern template class ConvLayer<2>;
extern template class ConvLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
