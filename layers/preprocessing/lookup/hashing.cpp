#include "hashing.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "../../../framework/fields_impl.hpp"
#include "../encoding.hpp"
#include "salt.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// A mask value as files have it.
struct MaskValue {
  std::optional<Feature> value;
};

void to_json(Json& json, const MaskValue& mask) {
  json = Json(nullptr);
  if (mask.value) std::visit([&](const auto& value) { json = value; }, *mask.value);
}

void from_json(const Json& json, MaskValue& mask) {
  mask.value.reset();
  if (json.is_string()) {
    mask.value = json.get<std::string>();
  } else if (!json.is_null()) {
    mask.value = json.get<Dim>();
  }
}

/// Keras computes indices in integers.
LayerOptions with_integer_dtype(LayerOptions common, const std::string& mode) {
  if (mode == "int" && common.dtype == LayerOptions{}.dtype) common.dtype = "int64";
  return common;
}

}  // namespace

void HashingOptions::describe(Fields& fields) {
  MaskValue mask{mask_value};
  fields("num_bins", num_bins)("salt", salt)("mask_value", mask)("output_mode", output_mode)
      .constant("sparse", false);
  mask_value = mask.value;
}

HashingLayer::HashingLayer(Options options, LayerOptions common)
    : OptionsLayer(options, with_integer_dtype(std::move(common), options.output_mode)) {
  if (options_.num_bins < 1) {
    refuse("The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: ",
           "num_bins=", options_.num_bins, ".");
  }
  const std::array<std::string_view, 4> modes{"int", "one_hot", "multi_hot", "count"};
  if (std::ranges::find(modes, options_.output_mode) == modes.end()) {
    refuse("Invalid value for argument `output_mode`. Expected one of ('int', 'one_hot', ",
           "'multi_hot', 'count'). Received: output_mode=", options_.output_mode);
  }
  key_ = salt_key(*this, options_.salt);
}

std::string HashingLayer::output_dtype(std::size_t /*i*/) const {
  return options_.output_mode == "int" ? dtype() : "float32";
}

Shape HashingLayer::compute_output_shape(const Shape& input) const {
  if (options_.output_mode == "int") return input;
  return Encoding(options_.output_mode).output_shape(input, options_.num_bins);
}

Dim HashingLayer::bin_of(const Feature& feature) const {
  const bool is_masking = options_.mask_value && options_.num_bins > 1;
  if (is_masking && feature == *options_.mask_value) return 0;
  const Dim* const number = std::get_if<Dim>(&feature);
  const std::string text = number ? std::to_string(*number) : std::get<std::string>(feature);
  return is_masking ? 1 + bucket_of(text, options_.num_bins - 1, key_)
                    : bucket_of(text, options_.num_bins, key_);
}

Tensor HashingLayer::hashed(const Features& features, const Shape& shape) const {
  Tensor bins = empty(shape);
  if (bins.size() != features.size()) {
    throw ShapeError(concat(label(), ": ", features.size(), " features do not have the shape ",
                            tuple_text(shape)));
  }
  std::ranges::transform(features, bins.begin(),
                         [&](const Feature& f) { return static_cast<real>(bin_of(f)); });
  if (options_.output_mode == "int") return bins;
  return Encoding(options_.output_mode).encode(bins, options_.num_bins);
}

Tensor HashingLayer::forward(const Tensor& input, Context& /*context*/) const {
  Features features;
  for (const real value : input) features.emplace_back(integer_of(*this, std::trunc(value)));
  return hashed(features, shape_of(input));
}

Tensor HashingLayer::backward(Tensor /*gradient*/, Context& context) const {
  return zeros(shape_of(context.input()));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
