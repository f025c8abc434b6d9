#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../../framework/activation.hpp"
#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct EinsumDenseOptions {
  /// "ab,bc->ac", "...x,xy->...y" or "ab...,bc->ac...". Required.
  std::string equation = {};
  /// Without the batch axis and without what "..." stands for; `unknown` where a size follows from
  /// the input. Required.
  Shape output_shape = {};
  Spec<ActivationFunction> activation = {};
  /// The labels of the output axes that have a bias; none: no bias.
  std::optional<std::string> bias_axes = {};
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> bias_constraint = {};
  void describe(Fields& fields);
};

/// output = activation(einsum(equation, input, kernel) + bias) (keras.layers.EinsumDense).
///
/// Weights: kernel, of the sizes that the equation's second term names, and bias. Each label of
/// the input must be in the kernel or in the output.
class EinsumDenseLayer final : public OptionsLayer<EinsumDenseLayer, EinsumDenseOptions> {
 public:
  static constexpr std::string_view keras_name = "EinsumDense";
  explicit EinsumDenseLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  /// The three terms of the equation; '0' stands for the ellipsis, which `elided` other labels
  /// replace once the rank of the input is known.
  struct Terms {
    std::string input, kernel, output;
  };
  /// The terms as matrix products: for each place along the shared labels, rows x inner times
  /// inner x columns.
  struct Plan;

  void build_weights(const Shape& input) override;
  void check_labels(const Terms& terms) const;
  Terms terms_for(std::size_t rank) const;
  Shape bias_shape(const Terms& terms, const Shape& output) const;
  Plan plan(const Tensor& input) const;

  Terms terms_;
  Parameter* kernel_ = nullptr;
  Parameter* bias_ = nullptr;
};

using EinsumDense = Handle<EinsumDenseLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
