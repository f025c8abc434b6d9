#include "layer_normalization.hpp"

#include "../../framework/axis_sizes.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The sizes along `axes`, in their order.
Shape sizes_along(const Axes& axes, const Shape& input, const Layer& layer) {
  Shape sizes;
  for (const Dim axis : axes.values())
    sizes.push_back(input[normalized_axis(axis, input.size(), layer.label())]);
  return sizes;
}

/// Keras writes the axes of a layer that creates weights as a list.
void describe_axes(Fields& fields, Axes& axis) {
  Axes axes = axis.values();
  fields("axis", axes);
  axis = axes;
}

}  // namespace

void LayerNormalizationOptions::describe(Fields& fields) {
  describe_axes(fields, axis);
  fields("epsilon", epsilon)("center", center)("scale", scale)("rms_scaling", rms_scaling)(
      "beta_initializer", beta_initializer)("gamma_initializer", gamma_initializer)(
      "beta_regularizer", beta_regularizer)("gamma_regularizer", gamma_regularizer)(
      "beta_constraint", beta_constraint)("gamma_constraint", gamma_constraint);
}

void LayerNormalizationLayer::build_weights(const Shape& input) {
  const Shape shape = sizes_along(options_.axis, input, *this);
  const bool centred = !options_.rms_scaling;
  normalization_.axes = options_.axis.values();
  normalization_.rows = {.subtract_mean = centred, .epsilon = options_.epsilon};
  if (options_.scale || options_.rms_scaling) {
    normalization_.gamma = &add_weight({.name = "gamma",
                                        .shape = shape,
                                        .initializer = options_.gamma_initializer,
                                        .regularizer = options_.gamma_regularizer,
                                        .constraint = options_.gamma_constraint});
  }
  if (options_.center && centred) {
    normalization_.beta = &add_weight({.name = "beta",
                                       .shape = shape,
                                       .initializer = options_.beta_initializer,
                                       .regularizer = options_.beta_regularizer,
                                       .constraint = options_.beta_constraint});
  }
}

Tensor LayerNormalizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  return normalization_.forward(*this, input);
}

Tensor LayerNormalizationLayer::backward(Tensor gradient, Context& context) const {
  return normalization_.backward(*this, std::move(gradient), context);
}

void RMSNormalizationOptions::describe(Fields& fields) {
  describe_axes(fields, axis);
  fields("epsilon", epsilon);
}

void RMSNormalizationLayer::build_weights(const Shape& input) {
  normalization_.axes = options_.axis.values();
  normalization_.rows = {.subtract_mean = false, .about_mean = false, .epsilon = options_.epsilon};
  normalization_.gamma = &add_weight(
      {.name = "scale", .shape = sizes_along(options_.axis, input, *this), .initializer = "ones"});
}

Tensor RMSNormalizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  return normalization_.forward(*this, input);
}

Tensor RMSNormalizationLayer::backward(Tensor gradient, Context& context) const {
  return normalization_.backward(*this, std::move(gradient), context);
}

void UnitNormalizationOptions::describe(Fields& fields) { fields("axis", axis); }

UnitNormalizationLayer::UnitNormalizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  normalization_.axes = options_.axis.values();
  normalization_.rows = {
      .subtract_mean = false, .about_mean = false, .unit = true, .epsilon = 1e-12};
}

Tensor UnitNormalizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  return normalization_.forward(*this, input);
}

Tensor UnitNormalizationLayer::backward(Tensor gradient, Context& context) const {
  return normalization_.backward(*this, std::move(gradient), context);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
