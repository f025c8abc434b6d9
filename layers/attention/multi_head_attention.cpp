#include "multi_head_attention.hpp"

#include <algorithm>

#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// An integer, a list, or null for none.
struct OutputShape {
  Shape value;
};

void to_json(Json& json, const OutputShape& shape) {
  json = Json(nullptr);
  if (!shape.value.empty()) json = shape.value;
}

void from_json(const Json& json, OutputShape& shape) {
  shape.value.clear();
  if (json.is_number()) {
    shape.value = {json.get<Dim>()};
  } else if (!json.is_null()) {
    shape.value = json.get<Shape>();
  }
}

/// The regularizer goes to the projections, and their outputs alone.
LayerOptions without_regularizer(LayerOptions common) {
  common.activity_regularizer = {};
  return common;
}

}  // namespace

void MultiHeadAttentionOptions::describe(Fields& fields) {
  OutputShape shape{output_shape};
  fields("num_heads", num_heads)("key_dim", key_dim)("value_dim", value_dim)("dropout", dropout)(
      "use_bias", use_bias)("use_gate", use_gate)("output_shape", shape)(
      "attention_axes", attention_axes)("sliding_window", sliding_window);
  if (fields.reading()) fields("flash_attention", flash_attention);
  fields("kernel_initializer", kernel_initializer)("bias_initializer", bias_initializer)(
      "kernel_regularizer", kernel_regularizer)("bias_regularizer", bias_regularizer)
      .activity_regularizer()("kernel_constraint", kernel_constraint)(
          "bias_constraint", bias_constraint)("seed", seed);
  output_shape = shape.value;
}

MultiHeadAttentionLayer::MultiHeadAttentionLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), without_regularizer(common)),
      projections_activity_regularizer_(std::move(common.activity_regularizer)) {
  const auto positive = [this](const char* argument, Dim value) {
    if (value > 0) return;
    refuse("Invalid value for argument `", argument,
           "`. Expected a positive integer. Received: ", argument, "=", value);
  };
  positive("num_heads", options_.num_heads);
  positive("key_dim", options_.key_dim);
  if (options_.value_dim.value_or(0) == 0) options_.value_dim = options_.key_dim;
  for (const Dim size : options_.output_shape) positive("output_shape", size);
  if (options_.attention_axes)
    options_.attention_axes = Axes(std::vector<Dim>(options_.attention_axes->values()));
  Settings settings = settings_of(options_);
  settings.query_heads = settings.source_heads = options_.num_heads;
  settings.key_dim = options_.key_dim;
  settings.value_dim = *options_.value_dim;
  settings.activity_regularizer = projections_activity_regularizer_;
  set_settings(std::move(settings));
}

void MultiHeadAttentionLayer::write_config(Json& config) const {
  OptionsLayer::write_config(config);
  if (projections_activity_regularizer_)
    serialize(*projections_activity_regularizer_, config["activity_regularizer"]);
}

std::vector<std::size_t> MultiHeadAttentionLayer::attended_axes(std::size_t rank) const {
  std::vector<std::size_t> axes;
  if (!options_.attention_axes) {
    for (std::size_t i = 1; i + 1 < rank; ++i) axes.push_back(i);
    return axes;
  }
  const auto& given = options_.attention_axes->values();
  for (const Dim axis : given) {
    const Dim place = axis < 0 ? axis + static_cast<Dim>(rank) : axis;
    if (place < 1 || place > static_cast<Dim>(rank) - 2 ||
        std::ranges::find(axes, static_cast<std::size_t>(place)) != axes.end()) {
      refuse("`attention_axes` must be different axes between 1 and ", rank - 2, " for inputs of ",
             "rank ", rank, ". Received: attention_axes=", given);
    }
    axes.push_back(static_cast<std::size_t>(place));
  }
  return axes;
}

Shape MultiHeadAttentionLayer::projected_shape(const Shape& query) const {
  return options_.output_shape.empty() ? Shape{query.back()} : options_.output_shape;
}

void MultiHeadAttentionLayer::note_rank(std::size_t rank) {
  std::vector<Dim> axes;
  for (const std::size_t axis : attended_axes(rank)) axes.push_back(static_cast<Dim>(axis));
  options_.attention_axes = Axes(std::move(axes));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
