#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "../../framework/handle.hpp"
#include "../../framework/shaped_by_call.hpp"
#include "../core/einsum_dense.hpp"
#include "../regularization/dropout.hpp"
#include "masked_softmax.hpp"

namespace keratin::inline KERATIN_VARIANT {
class CallArguments;
}

namespace keratin::inline KERATIN_VARIANT::layers {

/// What MultiHeadAttention and GroupQueryAttention share: query, key and value are projected to
/// heads, each head attends by softmax(query · key / sqrt(key_dim)) · value, and a last projection
/// brings the heads together.
///
/// Arguments of a call: query, value, and perhaps key (the value, if not given), attention_mask
/// ((batch, targets, sources) or what can be broadcast to it), value_mask, key_mask;
/// use_causal_mask (a query attends to no later source); return_attention_scores (a second output:
/// the weights of shape (batch, heads, targets, sources)). The inputs' own masks count as well, and
/// the output goes on with the query's.
class ProjectedAttention : public Layer, public ShapedByCall {
 public:
  using Layer::Layer;

  Shapes compute_output_shapes(const Shapes& inputs) const final;
  Shapes output_shapes_of_call(const Shapes& inputs, const CallOptions& call) const final;
  Shapes shapes_to_build(const Shapes& inputs, const CallOptions& call) const final;
  Tensors forward_all(TensorRefs inputs, Context& context) const final;
  Tensors backward_all(Tensors output_gradients, Context& context) const final;
  bool supports_masking() const final { return true; }
  std::vector<Sublayer> sublayers() const final;

 protected:
  struct Settings {
    Dim query_heads, source_heads, key_dim, value_dim;
    double dropout;
    bool use_bias, use_gate;
    std::optional<Dim> sliding_window;
    std::optional<bool> flash_attention;
    Spec<Initializer> kernel_initializer, bias_initializer;
    Spec<Regularizer> kernel_regularizer, bias_regularizer, activity_regularizer;
    Spec<Constraint> kernel_constraint, bias_constraint;
    std::optional<Dim> seed;
  };
  /// The settings that both classes' options have under the same name.
  template <class Options>
  static Settings settings_of(const Options& options) {
    return {.query_heads = 0,
            .source_heads = 0,
            .key_dim = 0,
            .value_dim = 0,
            .dropout = options.dropout,
            .use_bias = options.use_bias,
            .use_gate = options.use_gate,
            .sliding_window = options.sliding_window,
            .flash_attention = options.flash_attention,
            .kernel_initializer = options.kernel_initializer,
            .bias_initializer = options.bias_initializer,
            .kernel_regularizer = options.kernel_regularizer,
            .bias_regularizer = options.bias_regularizer,
            .activity_regularizer = {},
            .kernel_constraint = options.kernel_constraint,
            .bias_constraint = options.bias_constraint,
            .seed = options.seed};
  }
  /// Throws ValueError where they are not valid.
  void set_settings(Settings settings);
  /// Throws where there are no such inputs; shapes are those of query, value and key.
  virtual void check_shapes(const Shape& query, const Shape& value, const Shape& key) const;
  /// The axes that are attended over, all within 1 .. rank - 2.
  virtual std::vector<std::size_t> attended_axes(std::size_t rank) const = 0;
  /// The axes that the last projection puts in place of the query's last.
  virtual Shape projected_shape(const Shape& query) const = 0;
  /// What Keras calls the projections in files: "" or "_" in front of "query_dense".
  virtual std::string_view projection_prefix() const = 0;
  /// For what a class notes once the rank is known.
  virtual void note_rank(std::size_t /*rank*/) {}
  void write_build_config(Json& json) const final;

 private:
  struct Call;
  struct Kept;

  void build_all(const Shapes& inputs) final;
  std::shared_ptr<EinsumDenseLayer> projection(const char* name, std::size_t rank, Dim heads,
                                               Dim dim, const char* activation = nullptr) const;
  std::shared_ptr<EinsumDenseLayer> last_projection(const Shape& query) const;
  LayerOptions common_options(const char* name) const;
  CallArguments arguments(const CallOptions& call, std::size_t inputs) const;
  Call call(const Context& context) const;
  std::optional<Tensor> mask(const Call& call, const Context& context) const;
  /// The axes in the order (those that are not attended over, heads, attended ones, features).
  std::vector<std::size_t> grouped_axes(std::size_t rank) const;
  Tensor grouped(const Tensor& projected) const;
  Tensor ungrouped(const Tensor& groups, const Shape& projected) const;

  Settings settings_ = {};
  std::shared_ptr<EinsumDenseLayer> query_dense_, key_dense_, gate_dense_, value_dense_,
      output_dense_;
  std::shared_ptr<Layer> softmax_;
  std::shared_ptr<DropoutLayer> dropout_;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
