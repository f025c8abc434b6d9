#include "rectifiers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../fields_impl.hpp"
#include "../kernels/rectifier.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

constexpr auto selu_alpha = static_cast<real>(1.6732632423543772848170429916717);
constexpr auto selu_scale = static_cast<real>(1.0507009873554804934193349852946);

kernels::Rectifier<real> rectifier(const ReluOptions& options) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {.slope = static_cast<real>(options.negative_slope),
          .threshold = static_cast<real>(options.threshold),
          .high = static_cast<real>(options.max_value.value_or(infinity))};
}

/// The derivative at the two kinks is another with other options, in Keras.
kernels::RectifierSlopes<real> slopes(const ReluOptions& options) {
  const auto [slope, threshold, high] = rectifier(options);
  const bool as_relu6 = high == 6 && threshold == 0;
  return {.threshold = threshold,
          .last = as_relu6 ? std::nextafter(high, real{0}) : high,
          .slope = slope,
          .at_threshold = options.max_value || threshold != 0 ? real{0} : slope};
}

}  // namespace

void ReluOptions::describe(Fields& fields) {
  fields("negative_slope", negative_slope)("max_value", max_value)("threshold", threshold);
}

void LeakyReluOptions::describe(Fields& fields) { fields("negative_slope", negative_slope); }

void EluOptions::describe(Fields& fields) { fields("alpha", alpha); }

void CeluOptions::describe(Fields& fields) { fields("alpha", alpha); }

void ThresholdOptions::describe(Fields& fields) {
  fields("threshold", threshold)("default_value", default_value);
}

void HardShrinkOptions::describe(Fields& fields) { fields("threshold", threshold); }

void SoftShrinkOptions::describe(Fields& fields) { fields("threshold", threshold); }

void Relu::apply(real* x, std::size_t count) const {
  kernels::rectify(count, rectifier(options_), x, x);
}

void Relu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  kernels::rectifier_gradient(count, slopes(options_), kept, dy);
}

void Relu6::apply(real* x, std::size_t count) const { kernels::rectify(count, {.high = 6}, x, x); }

void Relu6::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  kernels::rectifier_gradient(count, {.last = std::nextafter(real{6}, real{0})}, kept, dy);
}

void LeakyRelu::apply(real* x, std::size_t count) const {
  kernels::rectify(count, {.slope = static_cast<real>(options_.negative_slope)}, x, x);
}

void LeakyRelu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const auto slope = static_cast<real>(options_.negative_slope);
  kernels::rectifier_gradient(count, {.slope = slope, .at_threshold = slope}, kept, dy);
}

void Elu::apply(real* x, std::size_t count) const {
  const auto alpha = static_cast<real>(options_.alpha);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] > 0 ? x[i] : alpha * std::expm1(x[i]);
}

void Elu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const auto alpha = static_cast<real>(options_.alpha);
  if (keeps() == Keeps::output) {
    for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > 0 ? real{1} : kept[i] + alpha;
  } else {
    for (std::size_t i = 0; i < count; ++i)
      dy[i] *= kept[i] > 0 ? real{1} : alpha * std::exp(kept[i]);
  }
}

void Celu::apply(real* x, std::size_t count) const {
  const auto alpha = static_cast<real>(options_.alpha);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] > 0 ? x[i] : alpha * std::expm1(x[i] / alpha);
}

void Celu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const auto alpha = static_cast<real>(options_.alpha);
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > 0 ? real{1} : kept[i] / alpha + 1;
}

void Selu::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    x[i] = x[i] > 0 ? selu_scale * x[i] : selu_scale * selu_alpha * std::expm1(x[i]);
}

void Selu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i)
    dy[i] *= kept[i] > 0 ? selu_scale : kept[i] + selu_scale * selu_alpha;
}

void Threshold::apply(real* x, std::size_t count) const {
  const auto threshold = static_cast<real>(options_.threshold);
  const auto value = static_cast<real>(options_.default_value);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] > threshold || x[i] != x[i] ? x[i] : value;
}

void Threshold::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const auto threshold = static_cast<real>(options_.threshold);
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > threshold ? real{1} : real{0};
}

void HardShrink::apply(real* x, std::size_t count) const {
  const auto threshold = static_cast<real>(options_.threshold);
  for (std::size_t i = 0; i < count; ++i) x[i] = std::abs(x[i]) <= threshold ? real{0} : x[i];
}

void HardShrink::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] != 0 ? real{1} : real{0};
}

void SoftShrink::apply(real* x, std::size_t count) const {
  const auto threshold = static_cast<real>(options_.threshold);
  for (std::size_t i = 0; i < count; ++i) {
    const real moved = x[i] > 0 ? x[i] - threshold : x[i] + threshold;
    x[i] = std::abs(x[i]) <= threshold ? real{0} : moved;
  }
}

void SoftShrink::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] != 0 ? real{1} : real{0};
}

}  // namespace keratin::inline KERATIN_VARIANT::activations
