#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct EmbeddingOptions {
  /// How many indices there are; required.
  Dim input_dim = 0;
  /// The size of each vector; required.
  Dim output_dim = 0;
  Spec<Initializer> embeddings_initializer = "uniform";
  Spec<Regularizer> embeddings_regularizer = {};
  Spec<Constraint> embeddings_constraint = {};
  /// Whether index 0 is padding, to be masked.
  bool mask_zero = false;
  void describe(Fields& fields);
};

/// A vector to train for each index (keras.layers.Embedding).
///
/// Input of any shape, indices from 0 to input_dim - 1; output (..., output_dim), and with
/// mask_zero a mask of the input's shape. Weight: embeddings (input_dim, output_dim). Throws
/// ValueError for an index out of range.
class EmbeddingLayer final : public OptionsLayer<EmbeddingLayer, EmbeddingOptions> {
 public:
  static constexpr std::string_view keras_name = "Embedding";
  explicit EmbeddingLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return options_.mask_zero; }

 private:
  void build_weights(const Shape& input) override;

  Parameter* embeddings_ = nullptr;
};

using Embedding = Handle<EmbeddingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
