#include "reversible_embedding.hpp"

#include "../../framework/call_arguments.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "embedding_lookup.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

void ReversibleEmbeddingOptions::describe(Fields& fields) {
  fields("input_dim", input_dim)("output_dim", output_dim)(
      "embeddings_initializer", embeddings_initializer)("embeddings_regularizer",
                                                        embeddings_regularizer)
      .activity_regularizer()("embeddings_constraint", embeddings_constraint)("mask_zero",
                                                                              mask_zero)
      .constant("quantization_config", nullptr)("tie_weights", tie_weights)(
          "reverse_dtype", reverse_dtype)("logit_soft_cap", logit_soft_cap);
}

ReversibleEmbeddingLayer::ReversibleEmbeddingLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  check_embedding_size(*this, "input_dim", options_.input_dim);
  check_embedding_size(*this, "output_dim", options_.output_dim);
  if (options_.logit_soft_cap && !(*options_.logit_soft_cap > 0)) {
    refuse("`logit_soft_cap` must be positive. Received: logit_soft_cap=",
           *options_.logit_soft_cap);
  }
}

void ReversibleEmbeddingLayer::build_weights(const Shape& /*input*/) {
  embeddings_ = &add_weight({.name = "embeddings",
                             .shape = {options_.input_dim, options_.output_dim},
                             .initializer = options_.embeddings_initializer,
                             .regularizer = options_.embeddings_regularizer,
                             .constraint = options_.embeddings_constraint});
  if (options_.tie_weights) return;
  reverse_embeddings_ = &add_weight({.name = "reverse_embeddings",
                                     .shape = {options_.output_dim, options_.input_dim},
                                     .initializer = options_.embeddings_initializer});
}

bool ReversibleEmbeddingLayer::is_reverse(const CallOptions& call) const {
  return CallArguments(*this, call, 1, {"inputs", "reverse", "training"}).flag("reverse");
}

Shape ReversibleEmbeddingLayer::compute_output_shape(const Shape& input) const {
  Shape output = input;
  output.push_back(options_.output_dim);
  return output;
}

Shape ReversibleEmbeddingLayer::reverse_shape(const Shape& input) const {
  if (input.empty() || (input.back() != options_.output_dim && input.back() != unknown)) {
    throw ShapeError(concat(label(), ": called in reverse, the input must be (..., ",
                            options_.output_dim, "). Received: ", tuple_text(input)));
  }
  Shape output = input;
  output.back() = options_.input_dim;
  return output;
}

Shapes ReversibleEmbeddingLayer::output_shapes_of_call(const Shapes& inputs,
                                                       const CallOptions& call) const {
  const Shapes plain = compute_output_shapes(inputs);
  return is_reverse(call) ? Shapes{reverse_shape(inputs[0])} : plain;
}

Tensor ReversibleEmbeddingLayer::forward(const Tensor& input, Context& context) const {
  if (is_reverse(context.call())) return project(input);
  if (options_.mask_zero) context.set_output_mask(nonzero_mask(input));
  return looked_up(*this, embeddings_->value(), input);
}

Tensor ReversibleEmbeddingLayer::backward(Tensor gradient, Context& context) const {
  if (is_reverse(context.call())) return project_backward(std::move(gradient), context);
  const Tensor& input = context.input();
  if (context.wants(*embeddings_)) {
    context.add_gradient(*embeddings_,
                         lookup_gradient(*this, shape_of(embeddings_->value()), input, gradient));
  }
  if (reverse_embeddings_)
    context.add_gradient(*reverse_embeddings_, zeros(shape_of(reverse_embeddings_->value())));
  return zeros(shape_of(input));
}

Tensor ReversibleEmbeddingLayer::project(const Tensor& input) const {
  Tensor logits = empty(reverse_shape(shape_of(input)));
  const auto words = static_cast<std::size_t>(options_.input_dim);
  const auto size = static_cast<std::size_t>(options_.output_dim);
  const std::size_t rows = input.size() / size;
  if (reverse_embeddings_) {
    gemm<real>(Transpose::no, Transpose::no, rows, words, size, input.data(), size,
               reverse_embeddings_->value().data(), words, 0, logits.data(), words);
  } else {
    gemm<real>(Transpose::no, Transpose::yes, rows, words, size, input.data(), size,
               embeddings_->value().data(), size, 0, logits.data(), words);
  }
  if (!options_.logit_soft_cap) return logits;
  const auto cap = static_cast<real>(*options_.logit_soft_cap);
  for (real& logit : logits) logit /= cap;
  kernels::tanh(logits.size(), logits.data(), logits.data());
  for (real& logit : logits) logit *= cap;
  return logits;
}

Tensor ReversibleEmbeddingLayer::project_backward(Tensor gradient, Context& context) const {
  const Tensor &input = context.input(), &output = context.output();
  const auto words = static_cast<std::size_t>(options_.input_dim);
  const auto size = static_cast<std::size_t>(options_.output_dim);
  const std::size_t rows = input.size() / size;
  if (options_.logit_soft_cap) {
    const auto cap = static_cast<real>(*options_.logit_soft_cap);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const real t = output.data()[i] / cap;
      gradient.data()[i] *= 1 - t * t;
    }
  }
  Parameter& weights = reverse_embeddings_ ? *reverse_embeddings_ : *embeddings_;
  if (context.wants(weights)) {
    Tensor sums = empty(shape_of(weights.value()));
    if (reverse_embeddings_) {
      gemm<real>(Transpose::yes, Transpose::no, size, words, rows, input.data(), size,
                 gradient.data(), words, 0, sums.data(), words);
    } else {
      gemm<real>(Transpose::yes, Transpose::no, words, size, rows, gradient.data(), words,
                 input.data(), size, 0, sums.data(), size);
    }
    context.add_gradient(weights, std::move(sums));
  }
  if (reverse_embeddings_)
    context.add_gradient(*embeddings_, zeros(shape_of(embeddings_->value())));
  if (!context.wants_input_gradient()) return {};
  Tensor back = empty(shape_of(input));
  if (reverse_embeddings_) {
    gemm<real>(Transpose::no, Transpose::yes, rows, size, words, gradient.data(), words,
               weights.value().data(), words, 0, back.data(), size);
  } else {
    gemm<real>(Transpose::no, Transpose::no, rows, size, words, gradient.data(), words,
               weights.value().data(), size, 0, back.data(), size);
  }
  return back;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
