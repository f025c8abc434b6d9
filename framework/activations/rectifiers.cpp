#include "rectifiers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

constexpr auto selu_alpha = static_cast<real>(1.6732632423543772848170429916717);
constexpr auto selu_scale = static_cast<real>(1.0507009873554804934193349852946);

/// The options of relu in `real`, and its derivative at the two kinks, where Keras's differs with
/// the options.
struct Range {
  explicit Range(const ReluOptions& options)
      : slope(static_cast<real>(options.negative_slope)),
        threshold(static_cast<real>(options.threshold)),
        max(static_cast<real>(
            options.max_value.value_or(std::numeric_limits<double>::infinity()))) {
    const bool as_relu6 = max == 6 && threshold == 0;
    last = as_relu6 ? std::nextafter(max, real{0}) : max;
    at_threshold = options.max_value || threshold != 0 ? real{0} : slope;
  }
  real slope, threshold, max;
  real last;          ///< the largest x with derivative 1
  real at_threshold;  ///< the derivative there
};

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
  const Range range(options_);
  for (std::size_t i = 0; i < count; ++i) {
    const real below = range.slope == 0 ? real{0} : range.slope * (x[i] - range.threshold);
    const real y = x[i] > range.threshold || x[i] != x[i] ? x[i] : below;
    x[i] = y > range.max ? range.max : y;
  }
}

void Relu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const Range range(options_);
  for (std::size_t i = 0; i < count; ++i) {
    const real above = kept[i] <= range.last ? real{1} : real{0};
    const real below = kept[i] < range.threshold ? range.slope : range.at_threshold;
    dy[i] *= kept[i] > range.threshold ? above : below;
  }
}

void Relu6::apply(real* x, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    const real y = x[i] < 0 ? real{0} : x[i];
    x[i] = y > 6 ? real{6} : y;
  }
}

void Relu6::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > 0 && kept[i] < 6 ? real{1} : real{0};
}

void LeakyRelu::apply(real* x, std::size_t count) const {
  const auto slope = static_cast<real>(options_.negative_slope);
  for (std::size_t i = 0; i < count; ++i) x[i] = x[i] < 0 ? slope * x[i] : x[i];
}

void LeakyRelu::scale_gradient(const real* kept, real* dy, std::size_t count) const {
  const auto slope = static_cast<real>(options_.negative_slope);
  for (std::size_t i = 0; i < count; ++i) dy[i] *= kept[i] > 0 ? real{1} : slope;
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
