#include "attention.hpp"

#include "../../framework/base/reduce.hpp"
#include "../../framework/fields_impl.hpp"
#include "group_products.hpp"
#include "tanh_scores.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::Transpose;

namespace {

Tensor scalar(double value) { return full({}, static_cast<real>(value)); }

real value_of(const Parameter* parameter) {
  return parameter ? parameter->value().flat(0) : real{1};
}

void multiply(Tensor& x, real factor) {
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] *= factor;
}

}  // namespace

void AttentionOptions::describe(Fields& fields) {
  fields("use_scale", use_scale)("score_mode", score_mode)("dropout", dropout)("seed", seed);
}

AttentionLayer::AttentionLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.score_mode != "dot" && options_.score_mode != "concat") {
    refuse("Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. ",
           "Received: score_mode=", options_.score_mode);
  }
  set_dropout(options_.dropout, options_.seed);
}

void AttentionLayer::build_scores(Dim /*dim*/) {
  if (options_.use_scale)
    scale_ = &add_weight({.name = "scale", .shape = {}, .initializer = "ones"});
  if (options_.score_mode == "concat") {
    concat_score_weight_ =
        &add_weight({.name = "concat_score_weight", .shape = {}, .initializer = "ones"});
  }
}

Tensor AttentionLayer::scores(const Tensor& query, const Tensor& key) const {
  if (concat_score_weight_) {
    return TanhScores{nullptr, value_of(scale_), value_of(concat_score_weight_)}(query, key);
  }
  Tensor scores = products(query, Transpose::yes, key);
  if (scale_) multiply(scores, value_of(scale_));
  return scores;
}

AttentionLayer::Gradients AttentionLayer::score_gradients(const Tensor& query, const Tensor& key,
                                                          Tensor gradient, Context& context) const {
  if (concat_score_weight_) {
    TanhScores::Gradients all =
        TanhScores{nullptr, value_of(scale_), value_of(concat_score_weight_)}.gradients(query, key,
                                                                                        gradient);
    context.add_gradient(*concat_score_weight_, scalar(all.outer));
    if (scale_) context.add_gradient(*scale_, scalar(all.inner));
    return {std::move(all.query), std::move(all.key)};
  }
  if (scale_) {
    if (context.wants(*scale_)) {
      const Tensor unscaled = products(query, Transpose::yes, key);
      context.add_gradient(
          *scale_, scalar(chunked_sum(unscaled.size(), [&](std::size_t begin, std::size_t end) {
            double sum = 0;
            for (std::size_t i = begin; i < end; ++i)
              sum += double{unscaled.data()[i]} * double{gradient.data()[i]};
            return sum;
          })));
    }
    multiply(gradient, value_of(scale_));
  }
  return {products(gradient, Transpose::no, key), summed_products(gradient, query, key.shape(0))};
}

void AdditiveAttentionOptions::describe(Fields& fields) {
  fields("use_scale", use_scale)("dropout", dropout)("seed", seed);
}

AdditiveAttentionLayer::AdditiveAttentionLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  set_dropout(options_.dropout, options_.seed);
}

void AdditiveAttentionLayer::build_scores(Dim dim) {
  if (!options_.use_scale) return;
  scale_ = &add_weight({.name = "scale", .shape = {dim}, .initializer = "glorot_uniform"});
}

Tensor AdditiveAttentionLayer::scores(const Tensor& query, const Tensor& key) const {
  return TanhScores{scale_ ? scale_->value().data() : nullptr}(query, key);
}

AdditiveAttentionLayer::Gradients AdditiveAttentionLayer::score_gradients(const Tensor& query,
                                                                          const Tensor& key,
                                                                          Tensor gradient,
                                                                          Context& context) const {
  TanhScores::Gradients all =
      TanhScores{scale_ ? scale_->value().data() : nullptr}.gradients(query, key, gradient);
  if (scale_) context.add_gradient(*scale_, std::move(all.weights));
  return {std::move(all.query), std::move(all.key)};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
