#pragma once

#include "../../framework/axes.hpp"
#include "projected_attention.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct MultiHeadAttentionOptions {
  /// Required.
  Dim num_heads = 0;
  /// The size of each head for query and key; required.
  Dim key_dim = 0;
  /// The size of each head for value; none: key_dim.
  std::optional<Dim> value_dim = {};
  /// The share of the attention weights to drop in training, 0 to 1.
  double dropout = 0;
  bool use_bias = true;
  /// The axes that take the place of the query's last one; empty: as it is.
  Shape output_shape = {};
  /// The axes to attend over; none: all but the first and the last.
  std::optional<Axes> attention_axes = {};
  /// A query attends only to what is nearer than this.
  std::optional<Dim> sliding_window = {};
  /// Without effect on what is computed. True refuses dropout and attention scores, as in Keras.
  std::optional<bool> flash_attention = {};
  Spec<Initializer> kernel_initializer = "glorot_uniform";
  Spec<Initializer> bias_initializer = "zeros";
  Spec<Regularizer> kernel_regularizer = {};
  Spec<Regularizer> bias_regularizer = {};
  Spec<Constraint> kernel_constraint = {};
  Spec<Constraint> bias_constraint = {};
  /// Whether the heads are multiplied by the sigmoid of a projection of the query
  /// (https://arxiv.org/abs/2505.06708).
  bool use_gate = false;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// Attention in several heads (keras.layers.MultiHeadAttention; Vaswani et al., 2017).
///
/// Inputs query (batch, targets, n), value (batch, sources, m) and perhaps key (batch, sources, k),
/// or with more axes in the middle; output (batch, targets, n) or what output_shape says. Weights
/// are those of the EinsumDense layers "query", "key", "gate" if use_gate, "value" and
/// "attention_output". The activity regularizer is theirs. Throws ValueError unless the sizes are
/// positive. See ProjectedAttention for the arguments of a call.
class MultiHeadAttentionLayer final
    : public OptionsLayer<MultiHeadAttentionLayer, MultiHeadAttentionOptions, ProjectedAttention> {
 public:
  static constexpr std::string_view keras_name = "MultiHeadAttention";
  explicit MultiHeadAttentionLayer(Options options = {}, LayerOptions common = {});

  void write_config(Json& config) const override;

 private:
  std::vector<std::size_t> attended_axes(std::size_t rank) const override;
  Shape projected_shape(const Shape& query) const override;
  std::string_view projection_prefix() const override { return ""; }
  void note_rank(std::size_t rank) override;

  Spec<Regularizer> projections_activity_regularizer_;
};

using MultiHeadAttention = Handle<MultiHeadAttentionLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
