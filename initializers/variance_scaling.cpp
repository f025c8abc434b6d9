#include "variance_scaling.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {
namespace {

/// The standard deviation of a standard normal truncated to two standard deviations.
constexpr double truncated_stddev = 0.87962566103423978;

double product(const Shape& shape, const Axes& axes) {
  const auto named = axes.among(shape.size(), "VarianceScaling");
  double product = 1;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (named[i]) product *= static_cast<double>(shape[i]);
  return product;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Scaling checked(const VarianceScalingOptions& options) {
  if (!(options.scale > 0)) {
    throw ValueError(
        concat("Argument `scale` must be positive float. Received: scale=", options.scale));
  }
  Scaling scaling{options.scale, FanMode::fan_in, Distribution::uniform};
  if (options.mode == "fan_out") {
    scaling.mode = FanMode::fan_out;
  } else if (options.mode == "fan_avg") {
    scaling.mode = FanMode::fan_avg;
  } else if (options.mode != "fan_in") {
    throw ValueError(concat("Invalid `mode` argument: ", options.mode,
                            ". Please use one of {'fan_in', 'fan_out', 'fan_avg'}"));
  }
  if (options.distribution == "truncated_normal") {
    scaling.distribution = Distribution::truncated_normal;
  } else if (options.distribution == "untruncated_normal") {
    scaling.distribution = Distribution::untruncated_normal;
  } else if (options.distribution != "uniform") {
    throw ValueError(
        concat("Invalid `distribution` argument: ", options.distribution,
               ". Please use one of {'uniform', 'truncated_normal', 'untruncated_normal'}"));
  }
  return scaling;
}

VarianceScalingOptions normalized(VarianceScalingOptions options) {
  options.mode = lower(std::move(options.mode));
  options.distribution = lower(std::move(options.distribution));
  if (options.distribution == "normal") options.distribution = "truncated_normal";
  return options;
}

}  // namespace

Fans compute_fans(const Shape& shape, const std::optional<Axes>& input_axes,
                  const std::optional<Axes>& output_axes) {
  Fans fans;
  if (shape.size() == 1) {
    fans.in = fans.out = static_cast<double>(shape[0]);
  } else if (shape.size() > 1) {
    double receptive_field = 1;
    for (std::size_t i = 0; i + 2 < shape.size(); ++i)
      receptive_field *= static_cast<double>(shape[i]);
    fans.in = static_cast<double>(shape[shape.size() - 2]) * receptive_field;
    fans.out = static_cast<double>(shape.back()) * receptive_field;
  }
  if (input_axes) fans.in = product(shape, *input_axes);
  if (output_axes) fans.out = product(shape, *output_axes);
  return fans;
}

Tensor draw_scaled(const Scaling& scaling, const Fans& fans, const Random& random,
                   const Shape& shape) {
  const double fan = scaling.mode == FanMode::fan_in    ? fans.in
                     : scaling.mode == FanMode::fan_out ? fans.out
                                                        : (fans.in + fans.out) / 2;
  const double variance = scaling.scale / std::max(1.0, fan);
  Tensor values = empty(shape);
  switch (scaling.distribution) {
    case Distribution::truncated_normal:
      random.fill_truncated_normal(values.data(), values.size(), 0,
                                   std::sqrt(variance) / truncated_stddev);
      break;
    case Distribution::untruncated_normal:
      random.fill_normal(values.data(), values.size(), 0, std::sqrt(variance));
      break;
    case Distribution::uniform: {
      const double limit = std::sqrt(3 * variance);
      random.fill_uniform(values.data(), values.size(), -limit, limit);
      break;
    }
  }
  return values;
}

void VarianceScalingOptions::describe(Fields& fields) {
  fields("seed", seed)("scale", scale)("mode", mode)("distribution", distribution)(
      "input_axes", input_axes)("output_axes", output_axes);
}

void FanOptions::describe(Fields& fields) {
  fields("seed", seed)("input_axes", input_axes)("output_axes", output_axes);
}

VarianceScaling::VarianceScaling(VarianceScalingOptions options)
    : RandomInitializer(normalized(std::move(options))), scaling_(checked(options_)) {}

Tensor VarianceScaling::operator()(const Shape& shape) const {
  return draw_scaled(scaling_, compute_fans(shape, options_.input_axes, options_.output_axes),
                     random(), shape);
}

}  // namespace keratin::inline KERATIN_VARIANT::initializers
