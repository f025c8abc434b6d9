#pragma once

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"
#include "../../framework/kept_for.hpp"
#include "../../framework/kernels/gemm.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct DenseOptions {
  /// Size of the output's last axis; required.
  Dim units = 0;
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

/// output = activation(input · kernel + bias), over the last axis (keras.layers.Dense).
///
/// Input (batch, ..., n), at least rank 2; output (batch, ..., units). Weights: kernel (n, units),
/// bias (units). Throws ValueError unless units > 0.
class DenseLayer final : public OptionsLayer<DenseLayer, DenseOptions> {
 public:
  static constexpr std::string_view keras_name = "Dense";
  explicit DenseLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }

 private:
  void build_weights(const Shape& input) override;

  Parameter* kernel_ = nullptr;
  Parameter* bias_ = nullptr;
  KeptFor<kernels::PackedMatrix<real>> packed_;
};

using Dense = Handle<DenseLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
