#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/kernels/conv.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

template <std::size_t Rank>
struct ConvTransposeOptions {
  /// Channels of the output; required.
  Dim filters = 0;
  /// Required.
  Extent<Rank> kernel_size = 0;
  Extent<Rank> strides = 1;
  /// "valid" or "same".
  Padding padding = Padding::valid;
  /// Places added at the output's end; left out: as many as make its size
  /// strides * input for "same", and at least that for "valid".
  OptionalExtent<Rank> output_padding = {};
  DataFormat data_format = image_data_format();
  Extent<Rank> dilation_rate = 1;
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

/// The transposed convolution, which maps back what a convolution maps forward
/// (keras.layers.Conv1DTranspose, Conv2DTranspose, Conv3DTranspose):
///
///   output[b, i * stride + k * dilation - pad, f] = activation(bias[f] +
///       sum over the i, k that lead there and channels c of input[b, i, c] *
///       kernel[k, f, c])
///
/// Input (batch, spatial..., channels) or, for "channels_first", (batch,
/// channels, spatial...); output the same with `filters` channels. Where e =
/// (kernel_size - 1) * dilation_rate + 1, an axis of n places gets (n - 1) *
/// strides + e + output_padding for "valid" and (n - 1) * strides + e % 2 +
/// output_padding for "same". Weights: kernel (kernel_size..., filters,
/// channels), bias (filters). Throws ValueError for sizes below 1 and for
/// strides together with dilation.
template <std::size_t Rank>
class ConvTransposeLayer final
    : public OptionsLayer<ConvTransposeLayer<Rank>, ConvTransposeOptions<Rank>> {
  using Base = OptionsLayer<ConvTransposeLayer<Rank>, ConvTransposeOptions<Rank>>;

 public:
  static constexpr std::string_view keras_name = Rank == 1   ? "Conv1DTranspose"
                                                 : Rank == 2 ? "Conv2DTranspose"
                                                             : "Conv3DTranspose";
  explicit ConvTransposeLayer(ConvTransposeOptions<Rank> options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  using Base::options_;
  void build_weights(const Shape& input) override;
  /// The output's places beyond the windows on `axis`.
  Dim output_padding(std::size_t axis) const;
  SpatialShape<Rank> output_shape(const Shape& input) const;
  /// The sizes of the convolution that this one is the transpose of.
  kernels::ConvSizes sizes(const Shape& input) const;

  Parameter* kernel_ = nullptr;
  Parameter* bias_ = nullptr;
};

using Conv1DTranspose = Handle<ConvTransposeLayer<1>>;
using Conv2DTranspose = Handle<ConvTransposeLayer<2>>;
using Conv3DTranspose = Handle<ConvTransposeLayer<3>>;

extern template class ConvTransposeLayer<1>;
extern template class ConvTransposeLayer<2>;
extern template class ConvTransposeLayer<3>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
