#include "noise.hpp"

#include <cmath>

#include "../../framework/broadcast.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/prepared/operation.hpp"
#include "noise_shape.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct Factors {
  Tensor values;
};

Tensor normal_noise(const Shape& shape, double mean, double stddev, const Random& random) {
  Tensor noise = empty(shape);
  random.fill_normal(noise.data(), noise.size(), mean, stddev);
  return noise;
}

/// Multiplies by what forward kept, if it was in training.
Tensor times_saved(Tensor gradient, const Context& context) {
  if (!context.has_saved<Factors>()) return gradient;
  return times_broadcast(std::move(gradient), context.saved<Factors>().values);
}

/// Where all is noise nothing is left to keep the mean of.
void check_rate_below_one(const Layer& layer, double rate) {
  check_rate(layer, rate);
  if (rate == 1) layer.refuse("`rate` must be below 1. Received: rate=", rate);
}

}  // namespace

void GaussianNoiseOptions::describe(Fields& fields) { fields("stddev", stddev)("seed", seed); }

GaussianNoiseLayer::GaussianNoiseLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  if (!(options_.stddev >= 0 && options_.stddev <= 1)) {
    refuse("Invalid value received for argument `stddev`. Expected a float value between 0 and 1. ",
           "Received: stddev=", options_.stddev);
  }
}

Tensor GaussianNoiseLayer::forward(const Tensor& input, Context& context) const {
  if (!context.training() || options_.stddev == 0) return input;
  Tensor output = normal_noise(shape_of(input), 0, options_.stddev, context.random(seed_));
  for (std::size_t i = 0; i < output.size(); ++i) output.data()[i] += input.data()[i];
  return output;
}

std::shared_ptr<prepared::Operation> GaussianNoiseLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Nothing>();
}

Tensor GaussianNoiseLayer::backward(Tensor gradient, Context& /*context*/) const {
  return gradient;
}

void GaussianDropoutOptions::describe(Fields& fields) { fields("rate", rate)("seed", seed); }

GaussianDropoutLayer::GaussianDropoutLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  check_rate_below_one(*this, options_.rate);
}

Tensor GaussianDropoutLayer::forward(const Tensor& input, Context& context) const {
  if (!context.training() || options_.rate == 0) return input;
  const double stddev = std::sqrt(options_.rate / (1 - options_.rate));
  Factors factors{normal_noise(shape_of(input), 1, stddev, context.random(seed_))};
  Tensor output = times_broadcast(input, factors.values);
  if (context.backward_follows()) context.save(std::move(factors));
  return output;
}

std::shared_ptr<prepared::Operation> GaussianDropoutLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Nothing>();
}

Tensor GaussianDropoutLayer::backward(Tensor gradient, Context& context) const {
  return times_saved(std::move(gradient), context);
}

void AlphaDropoutOptions::describe(Fields& fields) {
  fields("rate", rate)("seed", seed);
  describe_noise_shape(fields, noise_shape);
}

AlphaDropoutLayer::AlphaDropoutLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)), seed_(seed_or_next(options_.seed)) {
  check_rate_below_one(*this, options_.rate);
  check_noise_shape(*this, options_.noise_shape);
}

Tensor AlphaDropoutLayer::forward(const Tensor& input, Context& context) const {
  if (!context.training() || options_.rate == 0) return input;
  // selu at minus infinity
  const double dropped = -1.6732632423543772 * 1.0507009873554805;
  const double rate = options_.rate;
  const double a = 1 / std::sqrt((1 - rate) * (1 + rate * dropped * dropped));
  const double b = -a * dropped * rate;
  Factors factors{keep_scales(drawn_shape(*this, options_.noise_shape, shape_of(input)), rate,
                              context.random(seed_))};
  for (real& factor : factors.values) factor = factor == 0 ? real{0} : static_cast<real>(a);
  Tensor output = broadcast_to(factors.values, shape_of(input));
  const auto kept_shift = static_cast<real>(b), value = static_cast<real>(a * dropped + b);
  for (std::size_t i = 0; i < output.size(); ++i) {
    real& y = output.data()[i];
    y = y == 0 ? value : input.data()[i] * y + kept_shift;
  }
  if (context.backward_follows()) context.save(std::move(factors));
  return output;
}

std::shared_ptr<prepared::Operation> AlphaDropoutLayer::prepare(const Shapes& /*inputs*/) const {
  return std::make_shared<prepared::Nothing>();
}

Tensor AlphaDropoutLayer::backward(Tensor gradient, Context& context) const {
  return times_saved(std::move(gradient), context);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
