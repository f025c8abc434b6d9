#include "../../framework/base/error.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/call_arguments.hpp"
#include "../regularization/noise_layer.hpp"
#include "attention.hpp"
#include "group_products.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::Transpose;

namespace {

/// Taken from the scores of what is masked, as Keras does; in float nothing is left of them.
constexpr real large = real{1e9};

struct Kept {
  Tensor weights;                 ///< the softmax
  std::optional<Tensor> factors;  ///< what dropout multiplied them by
};

Tensor times(Tensor x, const Tensor& factors) {
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] *= factors.data()[i];
  return x;
}

void add(Tensor& sum, const Tensor& term) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += term.data()[i];
}

/// Sets the rows of x, (batch, targets, n), to 0 where the query is padding.
void clear_padding(const Tensor& mask, Tensor& x) {
  const std::size_t n = x.shape(2);
  for (std::size_t row = 0; row < mask.size(); ++row) {
    for (std::size_t i = 0; i < n; ++i) x.data()[row * n + i] *= mask.data()[row];
  }
}

}  // namespace

void check_attention_dropout(const Layer& layer, double dropout) {
  if (!(dropout >= 0 && dropout <= 1)) {
    layer.refuse("Invalid value received for argument `dropout`. Expected a float value between ",
                 "0 and 1. Received: dropout=", dropout);
  }
}

void ScoredAttention::set_dropout(double rate, const std::optional<Dim>& seed) {
  check_attention_dropout(*this, rate);
  dropout_ = rate;
  seed_ = seed_or_next(seed);
}

CallArguments ScoredAttention::arguments(const CallOptions& call, std::size_t inputs) const {
  CallArguments found(*this, call, inputs,
                      {"inputs", "mask", "training", "return_attention_scores", "use_causal_mask"},
                      CallArguments::First::list);
  const std::size_t masks = found.inputs("mask").size();
  if (masks == 1 || masks > 3) {
    refuse("layer accepts mask list of length 2 or 3, namely [query_mask, value_mask]. Received ",
           "length: ", masks);
  }
  return found;
}

Shapes ScoredAttention::shapes_to_build(const Shapes& inputs, const CallOptions& call) const {
  const CallArguments given = arguments(call, inputs.size());
  Shapes shapes;
  for (const std::size_t i : given.inputs("inputs")) shapes.push_back(inputs[i]);
  return shapes;
}

void ScoredAttention::build_all(const Shapes& inputs) {
  compute_output_shapes(inputs);
  build_scores(inputs[0].back());
}

Shapes ScoredAttention::compute_output_shapes(const Shapes& inputs) const {
  if (inputs.size() < 2 || inputs.size() > 3) {
    refuse("layer accepts inputs list of length 2 or 3, namely [query, value] or ",
           "[query, value, key]. Received length: ", inputs.size(), ".");
  }
  const Shape &query = inputs[0], &value = inputs[1], &key = inputs.back();
  const auto differ = [](Dim a, Dim b) { return a != b && a != unknown && b != unknown; };
  bool fits = true;
  for (const Shape& shape : inputs) fits = fits && shape.size() == 3;
  fits = fits && !differ(query[0], value[0]) && !differ(query[0], key[0]) &&
         !differ(value[1], key[1]) && !differ(query[2], key[2]);
  if (!fits) {
    throw ShapeError(concat(label(), ": query must be (batch, targets, n), value (batch, sources, ",
                            "m) and key (batch, sources, n). Received: ", tuple_text(inputs)));
  }
  return {{query[0], query[1], value[2]}};
}

Shapes ScoredAttention::output_shapes_of_call(const Shapes& inputs, const CallOptions& call) const {
  const Shapes own = shapes_to_build(inputs, call);
  Shapes outputs = compute_output_shapes(own);
  if (arguments(call, inputs.size()).flag("return_attention_scores"))
    outputs.push_back({own[0][0], own[0][1], own[1][1]});
  return outputs;
}

AttentionMasks ScoredAttention::masks(const CallArguments& arguments,
                                      const Context& context) const {
  const auto& given = arguments.inputs("mask");
  AttentionMasks masks;
  masks.query = given.empty() ? context.mask(0) : &context.input(given[0]);
  masks.value = given.empty() ? context.mask(1) : &context.input(given[1]);
  masks.causal = arguments.flag("use_causal_mask");
  return masks;
}

Tensors ScoredAttention::forward_all(TensorRefs inputs, Context& context) const {
  const CallArguments given = arguments(context.call(), inputs.size());
  Shapes shapes;
  for (const std::size_t i : given.inputs("inputs")) shapes.push_back(shape_of(*inputs[i]));
  compute_output_shapes(shapes);
  const Tensor& value = *inputs[1];
  const Tensor& key = shapes.size() == 3 ? *inputs[2] : value;
  Kept kept{scores(*inputs[0], key), std::nullopt};
  Tensor& weights = kept.weights;

  const AttentionMasks all = masks(given, context);
  AttentionMasks of_sources = all;
  of_sources.query = nullptr;
  if (const auto mask = of_sources.joined(shapes[0][1], shapes[1][1])) {
    const Tensor allowed = broadcast_to(*mask, shape_of(weights));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (allowed.data()[i] == 0) weights.data()[i] -= large;
    }
  }
  masked_softmax(weights, 1, nullptr, EmptyRow::zero);
  if (context.training() && dropout_ > 0)
    kept.factors = keep_scales(shape_of(weights), dropout_, context.random(seed_));

  Tensor dropped = kept.factors ? times(weights, *kept.factors) : Tensor();
  const Tensor& effective = kept.factors ? dropped : weights;
  Tensors outputs;
  outputs.push_back(products(effective, Transpose::no, value));
  if (all.query) clear_padding(*all.query, outputs[0]);
  if (given.flag("return_attention_scores")) outputs.push_back(effective);
  if (const Tensor* mask = context.mask(0)) context.set_output_mask(*mask);
  if (context.backward_follows()) context.save(std::move(kept));
  return outputs;
}

Tensors ScoredAttention::backward_all(Tensors output_gradients, Context& context) const {
  const TensorRefs inputs = context.inputs();
  const CallArguments given = arguments(context.call(), inputs.size());
  const bool has_key = given.inputs("inputs").size() == 3;
  const Tensor &query = *inputs[0], &value = *inputs[1], &key = has_key ? *inputs[2] : value;
  const Kept& kept = context.saved<Kept>();
  Tensor& dy = output_gradients[0];
  if (const Tensor* mask = masks(given, context).query) clear_padding(*mask, dy);

  const Tensor dropped = kept.factors ? times(kept.weights, *kept.factors) : Tensor();
  Tensor value_gradient =
      summed_products(kept.factors ? dropped : kept.weights, dy, value.shape(0));
  Tensor gradient = products(dy, Transpose::yes, value);
  if (output_gradients.size() > 1) add(gradient, output_gradients[1]);
  if (kept.factors) gradient = times(std::move(gradient), *kept.factors);
  masked_softmax_gradient(kept.weights, 1, nullptr, gradient);
  Gradients of_scores = score_gradients(query, key, std::move(gradient), context);

  Tensors gradients;
  gradients.push_back(std::move(of_scores.query));
  if (!has_key) add(value_gradient, of_scores.key);
  gradients.push_back(std::move(value_gradient));
  if (has_key) gradients.push_back(std::move(of_scores.key));
  while (gradients.size() < inputs.size())
    gradients.push_back(zeros(shape_of(*inputs[gradients.size()])));
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
