#include "normalization.hpp"

#include <algorithm>
#include <cmath>

#include "../../framework/axes_last.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// keras.config.epsilon()
constexpr auto smallest_deviation = static_cast<real>(1e-7);

/// Keras writes the axes as a list, empty for None.
struct KeptAxes {
  Axes axes;
};

void to_json(Json& json, const KeptAxes& kept) { json = kept.axes.values(); }

void from_json(const Json& json, KeptAxes& kept) {
  kept.axes = json.is_null() ? Axes() : json.get<Axes>();
}

}  // namespace

void NormalizationOptions::describe(Fields& fields) {
  KeptAxes kept{axis};
  fields("axis", kept);
  axis = kept.axes;
  fields("invert", invert)("mean", mean)("variance", variance);
}

NormalizationLayer::NormalizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const auto text = [](const std::optional<Numbers>& numbers) {
    return numbers ? numbers->text() : "None";
  };
  if (options_.mean.has_value() != options_.variance.has_value()) {
    refuse("When setting values directly, both `mean` and `variance` must be set. Received: mean=",
           text(options_.mean), " and variance=", text(options_.variance));
  }
}

std::vector<Dim> NormalizationLayer::kept_axes(std::size_t rank) const {
  std::vector<Dim> kept;
  for (const Dim axis : options_.axis.values()) {
    if (axis < -static_cast<Dim>(rank) || axis >= static_cast<Dim>(rank)) {
      refuse("All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim=",
             rank, ", axis=", options_.axis.values());
    }
    kept.push_back(axis < 0 ? axis + static_cast<Dim>(rank) : axis);
  }
  std::ranges::sort(kept);
  return kept;
}

void NormalizationLayer::build_weights(const Shape& input) {
  Shape shape;
  for (const Dim axis : kept_axes(input.size())) {
    const Dim size = input[static_cast<std::size_t>(axis)];
    if (size == unknown) {
      refuse("All `axis` values to be kept must have a known shape. Received axis=",
             options_.axis.values(), ", inputs.shape=", tuple_text(input),
             ", with unknown axis at index ", axis);
    }
    shape.push_back(size);
  }
  if (options_.mean) {
    const auto given = [&](const Numbers& numbers) {
      const auto& values = numbers.values();
      Tensor tensor = empty(numbers.is_list() ? Shape{static_cast<Dim>(values.size())} : Shape{});
      for (std::size_t i = 0; i < values.size(); ++i)
        tensor.data()[i] = static_cast<real>(double{values[i]});
      return broadcast_to(tensor, shape);
    };
    given_mean_ = given(*options_.mean);
    given_variance_ = given(*options_.variance);
    return;
  }
  mean_ = &add_weight({.name = "mean", .shape = shape, .trainable = false});
  variance_ =
      &add_weight({.name = "variance", .shape = shape, .initializer = "ones", .trainable = false});
  count_ = &add_weight({.name = "count", .shape = {}, .trainable = false, .dtype = "int32"});
}

Tensor NormalizationLayer::broadcast_statistic(const Tensor& statistic, const Shape& shape) const {
  Shape kept(shape.size(), 1);
  std::size_t i = 0;
  for (const Dim axis : kept_axes(shape.size()))
    kept[static_cast<std::size_t>(axis)] = static_cast<Dim>(statistic.shape(i++));
  return broadcast_to(reshaped(statistic, kept), shape);
}

Tensor NormalizationLayer::mean(const Shape& shape) const {
  return broadcast_statistic(mean_ ? mean_->value() : given_mean_, shape);
}

Tensor NormalizationLayer::deviation(const Shape& shape) const {
  Tensor result = variance_ ? variance_->value() : given_variance_;
  for (real& value : result) value = std::max(std::sqrt(value), smallest_deviation);
  return broadcast_statistic(result, shape);
}

void NormalizationLayer::adapt(const Tensor& data) {
  if (options_.mean) {
    refuse("Cannot `adapt` a Normalization layer that is initialized with static `mean` and ",
           "`variance`, you passed mean and variance.");
  }
  const Shape shape = shape_of(data);
  build({shape});
  const AxesLast axes(shape, kept_axes(shape.size()), label());
  Tensor storage, mean = empty(shape_of(mean_->value())), variance = empty(shape_of(mean));
  const Tensor& rows = axes.moved(data, storage);
  kernels::moments(axes.rows(), axes.count(), rows.data(), mean.data(), variance.data());
  mean_->assign(std::move(mean));
  variance_->assign(std::move(variance));
  count_->assign(full({}, static_cast<real>(axes.rows())));
}

Tensor NormalizationLayer::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  const Tensor centre = mean(shape);
  Tensor output = deviation(shape);
  const real* const x = input.data();
  const real* const m = centre.data();
  real* const y = output.data();
  if (options_.invert) {
    for (std::size_t i = 0; i < output.size(); ++i) y[i] = x[i] * y[i] + m[i];
  } else {
    for (std::size_t i = 0; i < output.size(); ++i) y[i] = (x[i] - m[i]) / y[i];
  }
  return output;
}

Tensor NormalizationLayer::backward(Tensor gradient, Context& /*context*/) const {
  const Tensor scale = deviation(shape_of(gradient));
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    real& value = gradient.data()[i];
    value = options_.invert ? value * scale.data()[i] : value / scale.data()[i];
  }
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
