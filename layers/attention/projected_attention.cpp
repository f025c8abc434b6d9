#include "projected_attention.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/call_arguments.hpp"
#include "../../framework/serialization.hpp"
#include "../../framework/shape_json.hpp"
#include "../activations/softmax.hpp"
#include "attention.hpp"

// What a ProjectedAttention is made of, and the shapes of its calls.

namespace keratin::inline KERATIN_VARIANT::layers {

void ProjectedAttention::set_settings(Settings settings) {
  settings_ = std::move(settings);
  const auto positive = [this](const char* argument, Dim value) {
    if (value > 0) return;
    refuse("Invalid value for argument `", argument,
           "`. Expected a positive integer. Received: ", argument, "=", value);
  };
  positive("value_dim", settings_.value_dim);
  check_attention_dropout(*this, settings_.dropout);
  if (settings_.sliding_window && *settings_.sliding_window <= 0) {
    refuse("`sliding_window` must be `None` or a positive integer. Received: sliding_window=",
           *settings_.sliding_window);
  }
  if (settings_.flash_attention.value_or(false) && settings_.dropout > 0) {
    refuse("Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 ",
           "to use flash attention.");
  }
}

void ProjectedAttention::check_shapes(const Shape& query, const Shape& value,
                                      const Shape& key) const {
  if (query.size() < 3 || value.size() != query.size() || key.size() != query.size()) {
    throw ShapeError(concat(label(), ": query, value and key must have the same rank, at least 3. ",
                            "Received: query_shape=", tuple_text(query),
                            ", value_shape=", tuple_text(value), ", key_shape=", tuple_text(key)));
  }
  for (std::size_t i = 1; i + 1 < key.size(); ++i) {
    if (value[i] == key[i] || value[i] == unknown || key[i] == unknown) continue;
    throw ShapeError(concat(label(), ": All dimensions of `value` and `key`, except the last one, ",
                            "must be equal. Received: value_shape=", tuple_text(value),
                            " and key_shape=", tuple_text(key)));
  }
  const auto attended = attended_axes(query.size());
  for (std::size_t i = 0; i + 1 < query.size(); ++i) {
    if (std::ranges::find(attended, i) != attended.end()) continue;
    if (query[i] == value[i] || query[i] == unknown || value[i] == unknown) continue;
    throw ShapeError(concat(label(), ": `query` and `value` must agree in the axes that are not ",
                            "attended over. Received: query_shape=", tuple_text(query),
                            ", value_shape=", tuple_text(value)));
  }
}

LayerOptions ProjectedAttention::common_options(const char* name) const {
  return {.name = name,
          .trainable = trainable(),
          .dtype = dtype(),
          .activity_regularizer = settings_.activity_regularizer};
}

namespace {

/// An initializer like `original` that draws other numbers, unless it was given a seed.
Spec<Initializer> another(const Spec<Initializer>& original) {
  if (!original) return {};
  return deserialize<const Initializer>(serialize(*original));
}

/// The einsum equation that replaces the last `bound` of `rank` axes by `made` others.
std::string equation(std::size_t rank, std::size_t bound, std::size_t made) {
  const std::string all = "abcdefghijklmnopqrstuvwxyz";
  const std::string input = all.substr(0, rank), free = all.substr(0, rank - bound);
  const std::string last = all.substr(rank, made);
  return input + "," + input.substr(rank - bound) + last + "->" + free + last;
}

std::string new_axes(const std::string& equation, std::size_t made) {
  return equation.substr(equation.size() - made);
}

}  // namespace

std::shared_ptr<EinsumDenseLayer> ProjectedAttention::projection(const char* name, std::size_t rank,
                                                                 Dim heads, Dim dim,
                                                                 const char* activation) const {
  const std::string terms = equation(rank, 1, 2);
  Shape output(rank - 2, unknown);
  output.insert(output.end(), {heads, dim});
  EinsumDenseOptions options{.equation = terms,
                             .output_shape = output,
                             .kernel_initializer = another(settings_.kernel_initializer),
                             .bias_initializer = another(settings_.bias_initializer),
                             .kernel_regularizer = settings_.kernel_regularizer,
                             .bias_regularizer = settings_.bias_regularizer,
                             .kernel_constraint = settings_.kernel_constraint,
                             .bias_constraint = settings_.bias_constraint};
  if (activation) options.activation = activation;
  if (settings_.use_bias) options.bias_axes = new_axes(terms, 2);
  return std::make_shared<EinsumDenseLayer>(std::move(options), common_options(name));
}

std::shared_ptr<EinsumDenseLayer> ProjectedAttention::last_projection(const Shape& query) const {
  const Shape made = projected_shape(query);
  const std::string terms = equation(query.size() + 1, 2, made.size());
  Shape output(query.size() - 2, unknown);
  output.insert(output.end(), made.begin(), made.end());
  EinsumDenseOptions options{.equation = terms,
                             .output_shape = output,
                             .kernel_initializer = another(settings_.kernel_initializer),
                             .bias_initializer = another(settings_.bias_initializer),
                             .kernel_regularizer = settings_.kernel_regularizer,
                             .bias_regularizer = settings_.bias_regularizer,
                             .kernel_constraint = settings_.kernel_constraint,
                             .bias_constraint = settings_.bias_constraint};
  if (settings_.use_bias) options.bias_axes = new_axes(terms, made.size());
  return std::make_shared<EinsumDenseLayer>(std::move(options), common_options("attention_output"));
}

void ProjectedAttention::build_all(const Shapes& inputs) {
  compute_output_shapes(inputs);
  const Shape &query = inputs[0], &value = inputs[1], &key = inputs.back();
  const std::size_t rank = query.size();
  note_rank(rank);
  query_dense_ = projection("query", rank, settings_.query_heads, settings_.key_dim);
  query_dense_->build({query});
  key_dense_ = projection("key", rank, settings_.source_heads, settings_.key_dim);
  key_dense_->build({key});
  if (settings_.use_gate) {
    gate_dense_ = projection("gate", rank, settings_.query_heads, settings_.value_dim, "sigmoid");
    gate_dense_->build({query});
  }
  value_dense_ = projection("value", rank, settings_.source_heads, settings_.value_dim);
  value_dense_->build({value});
  softmax_ = std::make_shared<SoftmaxLayer>(SoftmaxOptions{}, LayerOptions{.dtype = dtype()});
  dropout_ = std::make_shared<DropoutLayer>(
      DropoutOptions{.rate = settings_.dropout, .seed = settings_.seed},
      LayerOptions{.dtype = dtype()});
  output_dense_ = last_projection(query);
  Shape heads = query_dense_->compute_output_shape(query);
  heads.back() = settings_.value_dim;
  output_dense_->build({heads});
}

std::vector<Sublayer> ProjectedAttention::sublayers() const {
  if (!query_dense_) return {};
  const std::string prefix(projection_prefix());
  std::vector<Sublayer> all{{prefix + "query_dense", query_dense_.get()},
                            {prefix + "key_dense", key_dense_.get()}};
  if (gate_dense_) all.push_back({"_gate_dense", gate_dense_.get()});
  all.push_back({prefix + "value_dense", value_dense_.get()});
  // Keras's files have these two, though their computation is here.
  all.push_back({"_softmax", softmax_.get()});
  all.push_back({"_dropout_layer", dropout_.get()});
  all.push_back({prefix + "output_dense", output_dense_.get()});
  return all;
}

void ProjectedAttention::write_build_config(Json& json) const {
  const char* const names[] = {"query_shape", "value_shape", "key_shape"};
  Json& shapes = json["shapes_dict"] = Json::object();
  for (std::size_t i = 0; i < build_shapes().size(); ++i)
    shapes[names[i]] = ShapeJson{build_shapes()[i]};
}

CallArguments ProjectedAttention::arguments(const CallOptions& call, std::size_t inputs) const {
  CallArguments found(*this, call, inputs,
                      {"query", "value", "key", "query_mask", "value_mask", "key_mask",
                       "attention_mask", "return_attention_scores", "training", "use_causal_mask"});
  if (!found.input("query") || !found.input("value"))
    refuse("call() takes a query and a value. Received: ", inputs, " inputs");
  if (found.input("query_mask")) {
    refuse("call() takes no `query_mask`: the query's own mask counts, and `attention_mask` says ",
           "the rest");
  }
  if (settings_.flash_attention.value_or(false) && found.flag("return_attention_scores")) {
    refuse("Returning attention scores is not supported when flash attention is enabled. Please ",
           "disable flash attention to access attention scores.");
  }
  return found;
}

Shapes ProjectedAttention::shapes_to_build(const Shapes& inputs, const CallOptions& call) const {
  const CallArguments found = arguments(call, inputs.size());
  Shapes shapes{inputs[*found.input("query")], inputs[*found.input("value")]};
  if (const auto key = found.input("key")) shapes.push_back(inputs[*key]);
  return shapes;
}

Shapes ProjectedAttention::compute_output_shapes(const Shapes& inputs) const {
  if (inputs.size() < 2 || inputs.size() > 3)
    refuse("call() takes a query, a value and perhaps a key. Received: ", inputs.size(), " inputs");
  check_shapes(inputs[0], inputs[1], inputs.back());
  Shape output(inputs[0].begin(), inputs[0].end() - 1);
  const Shape made = projected_shape(inputs[0]);
  output.insert(output.end(), made.begin(), made.end());
  return {output};
}

Shapes ProjectedAttention::output_shapes_of_call(const Shapes& inputs,
                                                 const CallOptions& call) const {
  const Shapes own = shapes_to_build(inputs, call);
  Shapes outputs = compute_output_shapes(own);
  if (!arguments(call, inputs.size()).flag("return_attention_scores")) return outputs;
  const auto attended = attended_axes(own[0].size());
  Shape scores;
  for (std::size_t i = 0; i + 1 < own[0].size(); ++i) {
    if (std::ranges::find(attended, i) == attended.end()) scores.push_back(own[0][i]);
  }
  scores.push_back(settings_.query_heads);
  for (const Shape* shape : {&own[0], &own[1]}) {
    for (const std::size_t axis : attended) scores.push_back((*shape)[axis]);
  }
  outputs.push_back(std::move(scores));
  return outputs;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
