#pragma once

#include <optional>
#include <string>

#include "../../framework/handle.hpp"
#include "../../framework/shaped_by_call.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ReversibleEmbeddingOptions {
  /// How many indices there are; required.
  Dim input_dim = 0;
  /// The size of each vector; required.
  Dim output_dim = 0;
  /// Whether the way back uses the same weights.
  bool tie_weights = true;
  Spec<Initializer> embeddings_initializer = "uniform";
  Spec<Regularizer> embeddings_regularizer = {};
  Spec<Constraint> embeddings_constraint = {};
  /// Whether index 0 is padding, to be masked.
  bool mask_zero = false;
  /// The dtype of the way back, kept in the config; computation is in `real`.
  std::optional<std::string> reverse_dtype = {};
  /// Keeps what the way back gives within this: cap * tanh(x / cap).
  std::optional<double> logit_soft_cap = {};
  void describe(Fields& fields);
};

/// An Embedding that can be called in reverse, from vectors to a score for each index
/// (keras.layers.ReversibleEmbedding).
///
/// Input of any shape, indices from 0 to input_dim - 1; output (..., output_dim), and with
/// mask_zero a mask of the input's shape. Called with `reverse` true: input (..., output_dim),
/// output (..., input_dim). Weights: embeddings (input_dim, output_dim) and, unless tie_weights,
/// reverse_embeddings (output_dim, input_dim). Throws ValueError for an index out of range.
class ReversibleEmbeddingLayer final
    : public OptionsLayer<ReversibleEmbeddingLayer, ReversibleEmbeddingOptions>,
      public ShapedByCall {
 public:
  static constexpr std::string_view keras_name = "ReversibleEmbedding";
  explicit ReversibleEmbeddingLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Shapes output_shapes_of_call(const Shapes& inputs, const CallOptions& call) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  void build_weights(const Shape& input) override;
  bool is_reverse(const CallOptions& call) const;
  Shape reverse_shape(const Shape& input) const;
  Tensor project(const Tensor& input) const;
  Tensor project_backward(Tensor gradient, Context& context) const;

  Parameter* embeddings_ = nullptr;
  Parameter* reverse_embeddings_ = nullptr;
};

using ReversibleEmbedding = Handle<ReversibleEmbeddingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
