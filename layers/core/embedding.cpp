#include "embedding.hpp"

#include "../../framework/fields_impl.hpp"
#include "embedding_lookup.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void EmbeddingOptions::describe(Fields& fields) {
  // Of Keras 2, without effect on what is computed.
  if (fields.reading()) fields.ignore("input_length");
  fields("input_dim", input_dim)("output_dim", output_dim)(
      "embeddings_initializer", embeddings_initializer)("embeddings_regularizer",
                                                        embeddings_regularizer)
      .activity_regularizer()("embeddings_constraint", embeddings_constraint)("mask_zero",
                                                                              mask_zero)
      .constant("quantization_config", nullptr);
}

EmbeddingLayer::EmbeddingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  check_embedding_size(*this, "input_dim", options_.input_dim);
  check_embedding_size(*this, "output_dim", options_.output_dim);
}

void EmbeddingLayer::build_weights(const Shape& /*input*/) {
  embeddings_ = &add_weight({.name = "embeddings",
                             .shape = {options_.input_dim, options_.output_dim},
                             .initializer = options_.embeddings_initializer,
                             .regularizer = options_.embeddings_regularizer,
                             .constraint = options_.embeddings_constraint});
}

Shape EmbeddingLayer::compute_output_shape(const Shape& input) const {
  Shape output = input;
  output.push_back(options_.output_dim);
  return output;
}

Tensor EmbeddingLayer::forward(const Tensor& input, Context& context) const {
  if (options_.mask_zero) context.set_output_mask(nonzero_mask(input));
  return looked_up(*this, embeddings_->value(), input);
}

Tensor EmbeddingLayer::backward(Tensor gradient, Context& context) const {
  const Tensor& input = context.input();
  if (context.wants(*embeddings_)) {
    context.add_gradient(*embeddings_,
                         lookup_gradient(*this, shape_of(embeddings_->value()), input, gradient));
  }
  return zeros(shape_of(input));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
