#include "group_query_attention.hpp"

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void GroupQueryAttentionOptions::describe(Fields& fields) {
  fields("head_dim", head_dim)("num_query_heads", num_query_heads)(
      "num_key_value_heads", num_key_value_heads)("use_bias", use_bias)("use_gate", use_gate)(
      "sliding_window", sliding_window);
  if (fields.reading()) fields("flash_attention", flash_attention);
  fields("dropout", dropout)("kernel_initializer", kernel_initializer)(
      "bias_initializer", bias_initializer)("kernel_regularizer", kernel_regularizer)(
      "bias_regularizer", bias_regularizer)
      .activity_regularizer()("kernel_constraint", kernel_constraint)(
          "bias_constraint", bias_constraint)("seed", seed);
}

GroupQueryAttentionLayer::GroupQueryAttentionLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const auto positive = [this](const char* argument, Dim value) {
    if (value > 0) return;
    refuse("Invalid value for argument `", argument,
           "`. Expected a positive integer. Received: ", argument, "=", value);
  };
  positive("head_dim", options_.head_dim);
  positive("num_query_heads", options_.num_query_heads);
  positive("num_key_value_heads", options_.num_key_value_heads);
  if (options_.num_query_heads % options_.num_key_value_heads != 0) {
    refuse("`num_query_heads` must be divisible by `num_key_value_heads`. Received: ",
           "num_query_heads=", options_.num_query_heads,
           ", num_key_value_heads=", options_.num_key_value_heads);
  }
  Settings settings = settings_of(options_);
  settings.query_heads = options_.num_query_heads;
  settings.source_heads = options_.num_key_value_heads;
  settings.key_dim = settings.value_dim = options_.head_dim;
  settings.activity_regularizer = activity_regularizer();
  set_settings(std::move(settings));
}

void GroupQueryAttentionLayer::check_shapes(const Shape& query, const Shape& value,
                                            const Shape& key) const {
  if (query.size() != 3) {
    throw ShapeError(concat(label(), ": query, value and key must have rank 3. Received: ",
                            "query_shape=", tuple_text(query), ", value_shape=", tuple_text(value),
                            ", key_shape=", tuple_text(key)));
  }
  ProjectedAttention::check_shapes(query, value, key);
  if (query.back() != value.back()) {
    throw ShapeError(concat(label(), ": The last dimension of `query_shape` and `value_shape` ",
                            "must be equal, but are ", query.back(), ", ", value.back(),
                            ". Received: query_shape=", tuple_text(query),
                            ", value_shape=", tuple_text(value)));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
