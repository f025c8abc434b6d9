#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/kept_for.hpp"
#include "../../framework/kernels/depthwise_conv2d.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct SeparableConvOptions {
  /// Channels of the output; required.
  Dim filters = 0;
  /// Required.
  Extent<Rank> kernel_size = 0;
  Extent<Rank> strides = 1;
  /// "valid", "same" or, for series, "causal".
  Padding padding = Padding::valid;
  DataFormat data_format = image_data_format();
  Extent<Rank> dilation_rate = 1;
  /// Channels between the two convolutions per input channel.
  Dim depth_multiplier = 1;
  Spec<ActivationFunction> activation = {};
  bool use_bias = true;
  Spec<Initializer> depthwise_initializer = "glorot_uniform";
  Spec<Initializer> pointwise_initializer = "glorot_uniform";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> depthwise_regularizer = {};
  Spec<Regularizer> pointwise_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> depthwise_constraint = {};
  Spec<Constraint> pointwise_constraint = {};
  Spec<Constraint> bias_constraint = {};
  void describe(Fields& fields);
};

/// A depthwise convolution, then a pointwise one that mixes its channels
/// (keras.layers.SeparableConv1D, SeparableConv2D):
///
///   output[b, i, f] = activation(bias[f] + sum over r of between[b, i, r] * pointwise[0, r, f])
///
/// where `between` is what DepthwiseConv makes of the input with `depthwise_kernel`, without bias
/// and activation. Input (batch, spatial..., channels) or, for "channels_first", (batch, channels,
/// spatial...); output the same with `filters` channels. Weights: depthwise_kernel (kernel_size...,
/// channels, depth_multiplier), pointwise_kernel (1..., channels * depth_multiplier, filters), bias
/// (filters). Strides may be unequal and go together with dilation. Throws ValueError for sizes
/// below 1.
template <std::size_t Rank>
class SeparableConvLayer final
    : public OptionsLayer<SeparableConvLayer<Rank>, SeparableConvOptions<Rank>> {
  using Base = OptionsLayer<SeparableConvLayer<Rank>, SeparableConvOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1 ? "SeparableConv1D" : "SeparableConv2D";
  explicit SeparableConvLayer(SeparableConvOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
  void build_weights(const Shape& input) override;
  /// The shape after the depthwise convolution.
  SpatialShape<Rank> between_shape(const Shape& input) const;
  kernels::DepthwiseConv2DSizes depthwise_sizes(const Shape& input) const;
  /// The product with the pointwise kernel is a part of the loop over the depthwise convolution.
  void forward_fused(const Tensor& input, Tensor* between, Tensor& output,
                     const kernels::Epilogue<real>& epilogue) const;

  Parameter* depthwise_kernel_ = nullptr;
  Parameter* pointwise_kernel_ = nullptr;
  Parameter* bias_ = nullptr;
  KeptFor<kernels::PackedMatrix<real>> packed_;
};

using SeparableConv1D = Handle<SeparableConvLayer<1>>;
using SeparableConv2D = Handle<SeparableConvLayer<2>>;

extern template class SeparableConvLayer<1>;
extern template class SeparableConvLayer<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
