#pragma once

#include "projected_attention.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct GroupQueryAttentionOptions {
  /// The size of each head; required.
  Dim head_dim = 0;
  /// Required.
  Dim num_query_heads = 0;
  /// A divisor of num_query_heads; required.
  Dim num_key_value_heads = 0;
  /// The share of the attention weights to drop in training, 0 to 1.
  double dropout = 0;
  bool use_bias = true;
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

/// Attention whose query heads share key and value heads in groups
/// (keras.layers.GroupQueryAttention; Ainslie et al., 2023).
///
/// Inputs query (batch, targets, n), value (batch, sources, n) and perhaps key (batch, sources, k);
/// output (batch, targets, n). Weights are those of the EinsumDense layers "query", "key", "gate"
/// if use_gate, "value" and "attention_output"; the activity regularizer holds for their outputs
/// and the layer's. Throws ValueError unless the sizes are positive and num_query_heads is a
/// multiple of num_key_value_heads. See ProjectedAttention for the arguments of a call.
class GroupQueryAttentionLayer final
    : public OptionsLayer<GroupQueryAttentionLayer, GroupQueryAttentionOptions,
                          ProjectedAttention> {
 public:
  static constexpr std::string_view keras_name = "GroupQueryAttention";
  explicit GroupQueryAttentionLayer(Options options = {}, LayerOptions common = {});

 private:
  void check_shapes(const Shape& query, const Shape& value, const Shape& key) const override;
  std::vector<std::size_t> attended_axes(std::size_t /*rank*/) const override { return {1}; }
  Shape projected_shape(const Shape& query) const override { return {query.back()}; }
  std::string_view projection_prefix() const override { return "_"; }
};

using GroupQueryAttention = Handle<GroupQueryAttentionLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
