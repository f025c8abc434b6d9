#include <algorithm>
#include <cmath>

#include "../../framework/axes_last.hpp"
#include "../../framework/call_arguments.hpp"
#include "group_products.hpp"
#include "projected_attention.hpp"

// What a ProjectedAttention computes.

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::Transpose;

namespace {

/// The calls that a call makes.
enum Child : std::size_t { of_query, of_key, of_gate, of_value, of_dropout, of_output };

/// What the last projection is given.
struct Attended {
  Tensor heads;  ///< (batch, ..., heads, value_dim), before the gate
  Tensor gated;
};

Tensor times(Tensor x, const Tensor& factors) {
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] *= factors.data()[i];
  return x;
}

void add(Tensor& sum, const Tensor& term) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += term.data()[i];
}

Tensor run_child(Context& context, Child child, Tensor gradient) {
  return context.child(child).run_backward(std::move(gradient));
}

/// (groups, rows, columns), of a tensor whose last `axes` + 1 axes are rows and columns.
Shape grouped_shape(const Shape& shape, std::size_t axes) {
  const std::size_t outer = shape.size() - axes - 1;
  Shape grouped{1, 1, shape.back()};
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) grouped[i < outer ? 0 : 1] *= shape[i];
  return grouped;
}

}  // namespace

struct ProjectedAttention::Call {
  std::size_t query, value, key;
  bool has_key, causal, returns_scores;
  std::optional<std::size_t> attention_mask, value_mask, key_mask;
};

struct ProjectedAttention::Kept {
  Tensor query, key, value, weights;  ///< grouped
  std::optional<ScoreMask> mask;
};

std::vector<std::size_t> ProjectedAttention::grouped_axes(std::size_t rank) const {
  const auto attended = attended_axes(rank - 1);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i + 1 < rank; ++i) {
    if (std::ranges::find(attended, i) == attended.end()) order.push_back(i);
  }
  order.insert(order.end(), attended.begin(), attended.end());
  order.push_back(rank - 1);
  return order;
}

Tensor ProjectedAttention::grouped(const Tensor& projected) const {
  Tensor moved = permuted(projected, grouped_axes(projected.dimension()));
  const Shape shape =
      grouped_shape(shape_of(moved), attended_axes(projected.dimension() - 1).size());
  return reshaped(std::move(moved), shape);
}

Tensor ProjectedAttention::ungrouped(const Tensor& groups, const Shape& projected) const {
  const auto order = grouped_axes(projected.size());
  Shape moved;
  std::vector<std::size_t> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    moved.push_back(projected[order[i]]);
    back[order[i]] = i;
  }
  return permuted(reshaped(groups, moved), back);
}

ProjectedAttention::Call ProjectedAttention::call(const Context& context) const {
  const CallArguments found = arguments(context.call(), context.inputs().size());
  const auto key = found.input("key");
  return {.query = *found.input("query"),
          .value = *found.input("value"),
          .key = key.value_or(*found.input("value")),
          .has_key = key.has_value(),
          .causal = found.flag("use_causal_mask"),
          .returns_scores = found.flag("return_attention_scores"),
          .attention_mask = found.input("attention_mask"),
          .value_mask = found.input("value_mask"),
          .key_mask = found.input("key_mask")};
}

std::optional<Tensor> ProjectedAttention::mask(const Call& call, const Context& context) const {
  AttentionMasks masks{.query = context.mask(call.query),
                       .value = context.mask(call.value),
                       .causal = call.causal,
                       .window = settings_.sliding_window};
  if (call.has_key) masks.key = context.mask(call.key);
  if (call.value_mask) masks.value = &context.input(*call.value_mask);
  if (call.key_mask) masks.key = &context.input(*call.key_mask);
  if (call.attention_mask) masks.attention = &context.input(*call.attention_mask);
  return masks.joined(static_cast<Dim>(context.input(call.query).shape(1)),
                      static_cast<Dim>(context.input(call.value).shape(1)));
}

Tensors ProjectedAttention::forward_all(TensorRefs inputs, Context& context) const {
  const Call now = call(context);
  Shapes shapes;
  for (const Tensor* input : inputs) shapes.push_back(shape_of(*input));
  const Shapes output_shapes = output_shapes_of_call(shapes, context.call());
  const auto project = [&](Child child, const EinsumDenseLayer& layer, std::size_t input) {
    Context& memory = context.child(child);
    memory.set_wanted({context.wants_input_gradient(input)});
    return grouped(memory.run(layer, *inputs[input]));
  };
  Kept kept{project(of_query, *query_dense_, now.query), project(of_key, *key_dense_, now.key),
            project(of_value, *value_dense_, now.value), Tensor(), std::nullopt};
  kept.weights = products(kept.query, Transpose::yes, kept.key);

  const std::size_t rank = inputs[now.query]->dimension();
  const auto attended = attended_axes(rank);
  if (const auto joined = mask(now, context)) {
    Shape scores;
    const Shape query = shape_of(context.child(of_query).output());
    for (const std::size_t axis : grouped_axes(rank + 1)) scores.push_back(query[axis]);
    scores.pop_back();
    for (const std::size_t axis : attended) scores.push_back(shapes[now.value][axis]);
    kept.mask.emplace(*joined, scores, attended.size(), label());
  }
  // Keras has two ways to compute this, which differ in rows that are masked altogether.
  const bool fused = rank == 3 && settings_.dropout == 0 && !now.returns_scores;
  masked_softmax(kept.weights, 1 / std::sqrt(static_cast<double>(settings_.key_dim)),
                 kept.mask ? &*kept.mask : nullptr, fused ? EmptyRow::uniform : EmptyRow::zero);

  const Kept& state = context.save(std::move(kept));
  const bool drops = context.training() && settings_.dropout > 0;
  const Tensor& weights =
      drops ? context.child(of_dropout).run(*dropout_, state.weights) : state.weights;
  Shape heads = shape_of(context.child(of_query).output());
  heads.back() = settings_.value_dim;
  Attended made{ungrouped(products(weights, Transpose::no, state.value), heads), Tensor()};
  if (gate_dense_) {
    Context& memory = context.child(of_gate);
    memory.set_wanted({context.wants_input_gradient(now.query)});
    made.gated = times(made.heads, memory.run(*gate_dense_, *inputs[now.query]));
  }
  const Attended& last = context.save(std::move(made));
  Tensors outputs;
  outputs.push_back(
      context.child(of_output).run(*output_dense_, gate_dense_ ? last.gated : last.heads));
  if (now.returns_scores) outputs.push_back(reshaped(state.weights, output_shapes[1]));
  if (const Tensor* query_mask = context.mask(now.query)) context.set_output_mask(*query_mask);
  return outputs;
}

Tensors ProjectedAttention::backward_all(Tensors output_gradients, Context& context) const {
  const Call now = call(context);
  const Kept& kept = context.saved<Kept>();
  const Attended& attended = context.saved<Attended>();
  Tensor of_heads = run_child(context, of_output, std::move(output_gradients[0]));
  Tensor of_gate_input;
  if (gate_dense_) {
    of_gate_input = run_child(context, of_gate, times(of_heads, attended.heads));
    of_heads = times(std::move(of_heads), context.child(of_gate).output());
  }
  const Tensor dy = grouped(of_heads);
  const bool drops = context.training() && settings_.dropout > 0;
  const Tensor& weights = drops ? context.child(of_dropout).output() : kept.weights;
  const Tensor of_values = summed_products(weights, dy, kept.value.shape(0));
  Tensor of_scores = products(dy, Transpose::yes, kept.value);
  if (drops) of_scores = run_child(context, of_dropout, std::move(of_scores));
  if (now.returns_scores) add(of_scores, output_gradients[1]);
  masked_softmax_gradient(kept.weights, 1 / std::sqrt(static_cast<double>(settings_.key_dim)),
                          kept.mask ? &*kept.mask : nullptr, of_scores);
  const Tensor of_queries = products(of_scores, Transpose::no, kept.key);
  const Tensor of_keys = summed_products(of_scores, kept.query, kept.key.shape(0));

  Tensors gradients(context.inputs().size());
  const auto back = [&](Child child, const Tensor& groups) {
    return run_child(context, child, ungrouped(groups, shape_of(context.child(child).output())));
  };
  gradients[now.query] = back(of_query, of_queries);
  if (gate_dense_) add(gradients[now.query], of_gate_input);
  gradients[now.value] = back(of_value, of_values);
  Tensor of_key_input = back(of_key, of_keys);
  if (now.has_key) {
    gradients[now.key] = std::move(of_key_input);
  } else {
    add(gradients[now.value], of_key_input);
  }
  for (const auto& mask : {now.attention_mask, now.value_mask, now.key_mask}) {
    if (mask) gradients[*mask] = zeros(shape_of(context.input(*mask)));
  }
  return gradients;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
