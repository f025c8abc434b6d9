#include "group_normalization.hpp"

#include <algorithm>

#include "../../framework/axes_last.hpp"
#include "../../framework/fields_impl.hpp"
#include "row_normalization.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void GroupNormalizationOptions::describe(Fields& fields) {
  fields("groups", groups)("axis", axis)("epsilon", epsilon)("center", center)("scale", scale)(
      "beta_initializer", beta_initializer)("gamma_initializer", gamma_initializer)(
      "beta_regularizer", beta_regularizer)("gamma_regularizer", gamma_regularizer)(
      "beta_constraint", beta_constraint)("gamma_constraint", gamma_constraint);
}

void GroupNormalizationLayer::build_weights(const Shape& input) {
  const std::size_t axis = normalized_axis(options_.axis, input.size(), label());
  const Dim channels = input[axis];
  if (axis == 0) refuse("`axis` must not be the batch axis. Received: axis=", options_.axis);
  if (channels == unknown) {
    refuse("Axis ", options_.axis, " of input tensor should have a defined dimension but the ",
           "layer received an input with shape ", tuple_text(input), ".");
  }
  const Dim groups = options_.groups == -1 ? channels : options_.groups;
  if (groups < 1) {
    refuse("`groups` must be positive, or -1 for one per channel. Received: groups=", groups);
  }
  if (channels < groups) {
    refuse("Number of groups (", groups, ") cannot be more than the number of channels (", channels,
           ").");
  }
  if (channels % groups != 0) {
    refuse("Number of groups (", groups, ") must be a multiple of the number of channels (",
           channels, ").");
  }
  groups_ = static_cast<std::size_t>(groups);
  channels_ = static_cast<std::size_t>(channels);
  if (options_.scale) {
    gamma_ = &add_weight({.name = "gamma",
                          .shape = {channels},
                          .initializer = options_.gamma_initializer,
                          .regularizer = options_.gamma_regularizer,
                          .constraint = options_.gamma_constraint});
  }
  if (options_.center) {
    beta_ = &add_weight({.name = "beta",
                         .shape = {channels},
                         .initializer = options_.beta_initializer,
                         .regularizer = options_.beta_regularizer,
                         .constraint = options_.beta_constraint});
  }
  set_input_spec({.ndim = input.size(), .axes = {{static_cast<int>(axis), channels}}});
}

Tensor GroupNormalizationLayer::grouped(Tensor tensor, std::size_t batch, bool back) const {
  const std::size_t places = tensor.size() / std::max<std::size_t>(1, batch * channels_);
  if (groups_ == 1 || places == 1) return tensor;
  const Shape shape = shape_of(tensor);
  const std::size_t width = channels_ / groups_;
  if (back) {
    tensor.reshape({batch, groups_, places, width});
  } else {
    tensor.reshape({batch, places, groups_, width});
  }
  return reshaped(permuted(tensor, {0, 2, 1, 3}), shape);
}

Tensor GroupNormalizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  const AxesLast axes(shape_of(input), {options_.axis}, label());
  const std::size_t batch = input.shape(0), rows = batch * groups_;
  Tensor x = grouped(axes.moved(Tensor(input)), batch, false);
  RowNormalization{.epsilon = options_.epsilon}.forward(
      rows, x.size() / std::max<std::size_t>(1, rows), x.data());
  x = grouped(std::move(x), batch, true);
  apply_affine(axes.rows(), axes.count(), x, gamma_, beta_);
  return axes.moved_back(std::move(x));
}

Tensor GroupNormalizationLayer::backward(Tensor gradient, Context& context) const {
  const AxesLast axes(shape_of(gradient), {options_.axis}, label());
  const std::size_t batch = gradient.shape(0), rows = batch * groups_;
  const std::size_t count = gradient.size() / std::max<std::size_t>(1, rows);
  const RowNormalization normalization{.epsilon = options_.epsilon};
  gradient = axes.moved(std::move(gradient));
  const Tensor x = grouped(axes.moved(Tensor(context.input())), batch, false);
  Tensor normalised = x;
  normalization.forward(rows, count, normalised.data());
  add_affine_gradients(axes.rows(), axes.count(), grouped(std::move(normalised), batch, true),
                       gradient, gamma_, beta_, context);
  if (!context.wants_input_gradient()) return {};
  apply_affine(axes.rows(), axes.count(), gradient, gamma_, nullptr);
  gradient = grouped(std::move(gradient), batch, false);
  normalization.backward(rows, count, x.data(), gradient.data());
  return axes.moved_back(grouped(std::move(gradient), batch, true));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
