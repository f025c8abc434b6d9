#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "../../framework/handle.hpp"
#include "../../framework/shaped_by_call.hpp"
#include "masked_softmax.hpp"

namespace keratin::inline KERATIN_VARIANT {
class CallArguments;
}

namespace keratin::inline KERATIN_VARIANT::layers {

/// What Attention and AdditiveAttention share: the layer is called on a list, [query, value] or
/// [query, value, key]; without a key, the value is it. Where the query has a mask, the output is 0
/// at its padding and goes on with that mask; where the value has one, its padding gets no weight.
///
/// Keywords of a call: `mask` (the masks of query and value, two inputs), `use_causal_mask` (a
/// query attends to no later value), `return_attention_scores` (a second output, the weights of
/// shape (batch, targets, sources)).
class ScoredAttention : public Layer, public ShapedByCall {
 public:
  using Layer::Layer;

  Shapes compute_output_shapes(const Shapes& inputs) const final;
  Shapes output_shapes_of_call(const Shapes& inputs, const CallOptions& call) const final;
  Shapes shapes_to_build(const Shapes& inputs, const CallOptions& call) const final;
  Tensors forward_all(TensorRefs inputs, Context& context) const final;
  Tensors backward_all(Tensors output_gradients, Context& context) const final;
  bool supports_masking() const final { return true; }

 protected:
  void set_dropout(double rate, const std::optional<Dim>& seed);
  /// The weights for queries and keys of `dim` features.
  virtual void build_scores(Dim dim) = 0;
  virtual Tensor scores(const Tensor& query, const Tensor& key) const = 0;
  struct Gradients {
    Tensor query, key;
  };
  /// The gradients of queries and keys; those of the weights go to `context`.
  virtual Gradients score_gradients(const Tensor& query, const Tensor& key, Tensor gradient,
                                    Context& context) const = 0;

 private:
  void build_all(const Shapes& inputs) final;
  CallArguments arguments(const CallOptions& call, std::size_t inputs) const;
  AttentionMasks masks(const CallArguments& arguments, const Context& context) const;

  double dropout_ = 0;
  std::uint64_t seed_ = 0;
};

struct AttentionOptions {
  /// Whether scores are multiplied by a scalar to train.
  bool use_scale = false;
  /// "dot": query · key; "concat": a scalar to train times the sum of tanh(query + key).
  std::string score_mode = "dot";
  /// The share of the attention weights to drop in training, 0 to 1.
  double dropout = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// output = softmax(scores(query, key)) · value (keras.layers.Attention; Luong et al., 2015).
///
/// Inputs query (batch, targets, n), value (batch, sources, m) and perhaps key (batch, sources, n);
/// output (batch, targets, m). Weights, of one element each: scale if `use_scale`,
/// concat_score_weight if `score_mode` is "concat". Throws ValueError for another mode. See
/// ScoredAttention for masks and keywords.
class AttentionLayer final
    : public OptionsLayer<AttentionLayer, AttentionOptions, ScoredAttention> {
 public:
  static constexpr std::string_view keras_name = "Attention";
  explicit AttentionLayer(Options options = {}, LayerOptions common = {});

 private:
  void build_scores(Dim dim) override;
  Tensor scores(const Tensor& query, const Tensor& key) const override;
  Gradients score_gradients(const Tensor& query, const Tensor& key, Tensor gradient,
                            Context& context) const override;

  Parameter* scale_ = nullptr;
  Parameter* concat_score_weight_ = nullptr;
};

struct AdditiveAttentionOptions {
  /// Whether each feature's tanh has a weight to train.
  bool use_scale = true;
  /// The share of the attention weights to drop in training, 0 to 1.
  double dropout = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  void describe(Fields& fields);
};

/// Attention whose scores are the sum over the features of scale * tanh(query + key)
/// (keras.layers.AdditiveAttention; Bahdanau et al., 2015).
///
/// Inputs and output as of Attention. Weight: scale (n), if `use_scale`.
class AdditiveAttentionLayer final
    : public OptionsLayer<AdditiveAttentionLayer, AdditiveAttentionOptions, ScoredAttention> {
 public:
  static constexpr std::string_view keras_name = "AdditiveAttention";
  explicit AdditiveAttentionLayer(Options options = {}, LayerOptions common = {});

 private:
  void build_scores(Dim dim) override;
  Tensor scores(const Tensor& query, const Tensor& key) const override;
  Gradients score_gradients(const Tensor& query, const Tensor& key, Tensor gradient,
                            Context& context) const override;

  Parameter* scale_ = nullptr;
};

using Attention = Handle<AttentionLayer>;
using AdditiveAttention = Handle<AdditiveAttentionLayer>;

/// Throws ValueError unless 0 <= dropout <= 1.
void check_attention_dropout(const Layer& layer, double dropout);

}  // namespace keratin::inline KERATIN_VARIANT::layers
