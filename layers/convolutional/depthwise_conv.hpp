#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/kernels/depthwise_conv2d.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct DepthwiseConvOptions {
  /// Required.
  Extent<Rank> kernel_size = 0;
  Extent<Rank> strides = 1;
  /// "valid" or "same".
  Padding padding = Padding::valid;
  /// Output channels per input channel.
  Dim depth_multiplier = 1;
  DataFormat data_format = image_data_format();
  Extent<Rank> dilation_rate = 1;
  Spec<ActivationFunction> activation = {};
  bool use_bias = true;
  Spec<Initializer> depthwise_initializer = "glorot_uniform";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> depthwise_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> depthwise_constraint = {};
  Spec<Constraint> bias_constraint = {};
  void describe(Fields& fields);
};

/// A convolution of each channel by itself (keras.layers.DepthwiseConv1D, DepthwiseConv2D):
///
///   output[b, i, c * multiplier + m] = activation(bias[c * multiplier + m] + sum over taps k of
///       input[b, i * stride + k * dilation - pad, c] * kernel[k, c, m])
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch, channels, spatial...);
/// output the same with channels * depth_multiplier channels. Weights: kernel (kernel_size...,
/// channels, depth_multiplier), bias (channels * depth_multiplier). Strides may be unequal and go
/// together with dilation. Throws ValueError for sizes below 1.
template <std::size_t Rank>
class DepthwiseConvLayer final
    : public OptionsLayer<DepthwiseConvLayer<Rank>, DepthwiseConvOptions<Rank>> {
  using Base = OptionsLayer<DepthwiseConvLayer<Rank>, DepthwiseConvOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1 ? "DepthwiseConv1D" : "DepthwiseConv2D";
  explicit DepthwiseConvLayer(DepthwiseConvOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
  void build_weights(const Shape& input) override;
  SpatialShape<Rank> output_shape(const Shape& input) const;
  kernels::DepthwiseConv2DSizes sizes(const Shape& input) const;

  Parameter* kernel_ = nullptr;
  Parameter* bias_ = nullptr;
};

using DepthwiseConv1D = Handle<DepthwiseConvLayer<1>>;
using DepthwiseConv2D = Handle<DepthwiseConvLayer<2>>;

extern template class DepthwiseConvLayer<1>;
extern template class DepthwiseConvLayer<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
