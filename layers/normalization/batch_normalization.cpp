#include "batch_normalization.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../framework/axes.hpp"
#include "../../framework/axes_last.hpp"
#include "../../framework/base/parallel.hpp"
#include "../../framework/fields_impl.hpp"
#include "../../framework/kernels/batch_norm.hpp"
#include "../../framework/kernels/elementwise.hpp"
#include "../../framework/prepared/elementwise.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

constexpr std::size_t grain = 16384;
/// keras.config.epsilon(), which keeps a batch that is masked altogether from dividing by 0.
constexpr double mask_epsilon = 1e-7;

/// The mean and variance of the rows of x with the given weights.
void weighted_moments(const Tensor& x, const Tensor& weights, double total, Tensor& mean,
                      Tensor& variance) {
  const std::size_t channels = mean.size();
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t r = 0; r < weights.size(); ++r)
      sum += double{weights.data()[r]} * double{x.data()[r * channels + c]};
    const double centre = sum / total;
    for (std::size_t r = 0; r < weights.size(); ++r) {
      const double difference = double{x.data()[r * channels + c]} - centre;
      squares += double{weights.data()[r]} * difference * difference;
    }
    mean.data()[c] = static_cast<real>(centre);
    variance.data()[c] = static_cast<real>(squares / total);
  }
}

struct ClippingJson {
  RenormClipping value;
};

void to_json(Json& json, const ClippingJson& clipping) {
  json = Json::object();
  for (const auto& [key, value] : clipping.value) json[key] = value;
}

void from_json(const Json& json, ClippingJson& clipping) {
  clipping.value.clear();
  for (const auto& [key, value] : json.items())
    clipping.value.emplace_back(key, value.get<Number>());
}

Tensor inverse_deviation(const Tensor& variance, double epsilon) {
  Tensor inverse = empty(shape_of(variance));
  for (std::size_t c = 0; c < inverse.size(); ++c) {
    inverse.data()[c] =
        static_cast<real>(1 / std::sqrt(static_cast<double>(variance.data()[c]) + epsilon));
  }
  return inverse;
}

/// The upper bound of a relu whose derivative follows from its output; none for other functions.
std::optional<real> bound_of(const ActivationFunction& function) {
  const auto bounds = prepared::bounds_of(function);
  if (!bounds || function.keeps() != ActivationFunction::Keeps::output) return {};
  return bounds->high;
}

Tensor moving_average(const Tensor& average, const Tensor& value, double momentum) {
  Tensor result = empty(shape_of(average));
  for (std::size_t c = 0; c < result.size(); ++c) {
    result.data()[c] = static_cast<real>(static_cast<double>(average.data()[c]) * momentum +
                                         static_cast<double>(value.data()[c]) * (1 - momentum));
  }
  return result;
}

}  // namespace

void BatchNormalizationOptions::describe(Fields& fields) {
  // Keras 2 saved the axis as a list of one.
  Axes axes = axis;
  fields("axis", axes);
  if (axes.values().size() != 1) {
    throw ValueError(
        concat(fields.owner(), ": `axis` must be one axis. Received: axis=", axes.values()));
  }
  axis = axes.values()[0];
  std::optional<ClippingJson> clipping;
  if (renorm_clipping) clipping = {*renorm_clipping};
  fields("momentum", momentum)("epsilon", epsilon)("center", center)("scale", scale)(
      "beta_initializer", beta_initializer)("gamma_initializer", gamma_initializer)(
      "moving_mean_initializer", moving_mean_initializer)("moving_variance_initializer",
                                                          moving_variance_initializer)(
      "beta_regularizer", beta_regularizer)("gamma_regularizer", gamma_regularizer)(
      "beta_constraint", beta_constraint)("gamma_constraint", gamma_constraint)(
      "synchronized", synchronized)("renorm", renorm)("renorm_clipping", clipping)(
      "renorm_momentum", renorm_momentum);
  renorm_clipping.reset();
  if (clipping) renorm_clipping = clipping->value;
}

BatchNormalizationLayer::BatchNormalizationLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (!options_.renorm) return;
  if (!options_.renorm_clipping) options_.renorm_clipping.emplace();
  for (const auto& [key, value] : *options_.renorm_clipping) {
    if (key != "rmax" && key != "rmin" && key != "dmax") {
      refuse("Received invalid keys for `renorm_clipping` argument: '", key,
             "'. Supported values: ['rmax', 'rmin', 'dmax'].");
    }
  }
}

void BatchNormalizationLayer::build_weights(const Shape& input) {
  const std::size_t axis = normalized_axis(options_.axis, input.size(), label());
  const Shape shape = {input[axis]};
  if (options_.scale) {
    gamma_ = &add_weight({.name = "gamma",
                          .shape = shape,
                          .initializer = options_.gamma_initializer,
                          .regularizer = options_.gamma_regularizer,
                          .constraint = options_.gamma_constraint});
  }
  if (options_.center) {
    beta_ = &add_weight({.name = "beta",
                         .shape = shape,
                         .initializer = options_.beta_initializer,
                         .regularizer = options_.beta_regularizer,
                         .constraint = options_.beta_constraint});
  }
  moving_mean_ = &add_weight({.name = "moving_mean",
                              .shape = shape,
                              .initializer = options_.moving_mean_initializer,
                              .trainable = false});
  moving_variance_ = &add_weight({.name = "moving_variance",
                                  .shape = shape,
                                  .initializer = options_.moving_variance_initializer,
                                  .trainable = false});
  if (options_.renorm) {
    const auto add = [&](const char* name, const Spec<Initializer>& initializer) {
      return &add_weight(
          {.name = name, .shape = shape, .initializer = initializer, .trainable = false});
    };
    moving_stddev_ = add("moving_stddev", options_.moving_variance_initializer);
    renorm_mean_ = add("renorm_mean", options_.moving_mean_initializer);
    renorm_stddev_ = add("renorm_stddev", options_.moving_variance_initializer);
    for (Parameter* deviation : {moving_stddev_, renorm_stddev_}) {
      for (real& value : deviation->mutable_value()) value = std::sqrt(value);
    }
  }
  set_input_spec({.ndim = input.size(), .axes = {{static_cast<int>(axis), input[axis]}}});
}

void BatchNormalizationLayer::check_mask(const Tensor& mask, const Tensor& input) const {
  const Shape shape = shape_of(input);
  if (mask.dimension() != shape.size() - 1) {
    refuse("The mask provided should be one dimension less than the inputs. Received: mask.shape=",
           tuple_text(shape_of(mask)), ", inputs.shape=", tuple_text(shape));
  }
  if (normalized_axis(options_.axis, shape.size(), label()) != shape.size() - 1) {
    refuse("A mask is only supported where `axis` is the last. Received: axis=", options_.axis,
           ", inputs.shape=", tuple_text(shape));
  }
}

BatchNormalizationLayer::Statistics BatchNormalizationLayer::statistics(const Tensor& rows,
                                                                        Context& context) const {
  if (!context.training() || !trainable()) {
    return {moving_mean_->value(), inverse_deviation(moving_variance_->value(), options_.epsilon),
            false, std::nullopt, 0};
  }
  const std::size_t channels = moving_mean_->value().size(), count = rows.size() / channels;
  const Shape shape = shape_of(moving_mean_->value());
  Statistics result{empty(shape), Tensor(), true, std::nullopt, static_cast<double>(count)};
  Tensor variance = empty(shape);
  if (const Tensor* mask = context.mask()) {
    check_mask(*mask, context.input());
    result.row_weights = *mask;
    double sum = mask_epsilon;
    for (const real weight : *mask) sum += static_cast<double>(weight);
    result.total_weight = sum;
    weighted_moments(rows, *mask, sum, result.mean, variance);
  } else {
    kernels::moments(count, channels, rows.data(), result.mean.data(), variance.data());
  }
  result.inverse_deviation = inverse_deviation(variance, options_.epsilon);
  if (options_.renorm) renormalize(result, variance, context);
  move_averages(result.mean, variance, context);
  return result;
}

bool BatchNormalizationLayer::takes_activation(const ActivationFunction& function) const {
  return bound_of(function).has_value();
}

BatchNormalizationLayer::ScaleShift BatchNormalizationLayer::scale_shift(
    const Statistics& now) const {
  ScaleShift result{now.inverse_deviation, empty(shape_of(now.mean))};
  for (std::size_t c = 0; c < now.mean.size(); ++c) {
    const real gamma = gamma_ ? gamma_->value().data()[c] : real{1};
    result.scale.data()[c] *= gamma;
    if (now.renorm) result.scale.data()[c] *= now.renorm->r.data()[c];
    result.shift.data()[c] =
        (beta_ ? beta_->value().data()[c] : real{0}) - now.mean.data()[c] * result.scale.data()[c];
    if (now.renorm) result.shift.data()[c] += gamma * now.renorm->d.data()[c];
  }
  return result;
}

double BatchNormalizationLayer::clip(std::string_view bound, double otherwise) const {
  for (const auto& [key, value] : *options_.renorm_clipping) {
    if (key == bound) return value;
  }
  return otherwise;
}

void BatchNormalizationLayer::renormalize(Statistics& now, const Tensor& variance,
                                          Context& context) const {
  const double endless = std::numeric_limits<double>::infinity();
  const double rmin = clip("rmin", -endless), rmax = clip("rmax", endless);
  const double dmax = clip("dmax", endless), least = std::sqrt(options_.epsilon);
  const Tensor &mean = context.current(*renorm_mean_), &stddev = context.current(*renorm_stddev_);
  now.renorm = Statistics::Correction{empty(shape_of(now.mean)), empty(shape_of(now.mean))};
  auto& [r, d] = *now.renorm;
  Tensor deviation = empty(shape_of(variance));
  for (std::size_t c = 0; c < deviation.size(); ++c) {
    const double own = std::sqrt(static_cast<double>(variance.data()[c]) + options_.epsilon);
    const double average = std::max(static_cast<double>(stddev.data()[c]), least);
    const double shift =
        (static_cast<double>(now.mean.data()[c]) - static_cast<double>(mean.data()[c])) / average;
    r.data()[c] = static_cast<real>(std::min(std::max(own / average, rmin), rmax));
    d.data()[c] = static_cast<real>(std::min(std::max(shift, -dmax), dmax));
    deviation.data()[c] = static_cast<real>(own);
  }
  context.update(*renorm_mean_, moving_average(mean, now.mean, options_.renorm_momentum));
  context.update(*renorm_stddev_, moving_average(stddev, deviation, options_.renorm_momentum));
}

void BatchNormalizationLayer::move_averages(const Tensor& mean, const Tensor& variance,
                                            Context& context) const {
  context.update(*moving_mean_,
                 moving_average(context.current(*moving_mean_), mean, options_.momentum));
  if (!options_.renorm) {
    context.update(*moving_variance_,
                   moving_average(context.current(*moving_variance_), variance, options_.momentum));
    return;
  }
  Tensor deviation = variance;
  for (real& value : deviation)
    value = static_cast<real>(std::sqrt(static_cast<double>(value) + options_.epsilon));
  deviation = moving_average(context.current(*moving_stddev_), deviation, options_.momentum);
  Tensor moving = deviation;
  for (real& value : moving) {
    const auto stddev = static_cast<double>(value);
    value = static_cast<real>(std::max(stddev * stddev - options_.epsilon, 0.0));
  }
  context.update(*moving_stddev_, std::move(deviation));
  context.update(*moving_variance_, std::move(moving));
}

Tensor BatchNormalizationLayer::forward(const Tensor& input, Context& context) const {
  const AxesLast axes(shape_of(input), {options_.axis}, label());
  const std::size_t channels = axes.count();
  Tensor storage;
  const Tensor& rows = axes.moved(input, storage);
  Statistics now = statistics(rows, context);
  const auto [scale, shift] = scale_shift(now);
  Tensor output = empty(shape_of(rows));
  if (context.following()) {
    kernels::rectified_scale_shift(axes.rows(), channels, rows.data(),
                                   {scale.data(), shift.data(), *bound_of(*context.following())},
                                   output.data());
  } else {
    kernels::scale_shift(axes.rows(), channels, rows.data(), scale.data(), shift.data(),
                         output.data());
  }
  if (context.backward_follows()) context.save(std::move(now));
  return axes.moved_back(std::move(output));
}

std::shared_ptr<prepared::Operation> BatchNormalizationLayer::prepare(const Shapes& inputs) const {
  if (normalized_axis(options_.axis, inputs[0].size(), label()) + 1 != inputs[0].size())
    return nullptr;
  const Tensor inverse = inverse_deviation(moving_variance_->value(), options_.epsilon);
  std::vector<real> factors(inverse.begin(), inverse.end()), shifts(factors.size(), 0);
  for (std::size_t c = 0; c < factors.size(); ++c) {
    if (gamma_) factors[c] *= gamma_->value().data()[c];
    if (beta_) shifts[c] = beta_->value().data()[c];
    shifts[c] -= moving_mean_->value().data()[c] * factors[c];
  }
  return std::make_shared<prepared::Rescale>(std::move(factors), std::move(shifts));
}

Tensor BatchNormalizationLayer::backward(Tensor gradient, Context& context) const {
  const AxesLast axes(shape_of(gradient), {options_.axis}, label());
  Tensor storage;
  const Tensor& rows = axes.moved(context.input(), storage);
  const Statistics& now = context.saved<Statistics>();
  if (context.following() && now.row_weights)
    gradient = context.following()->backward(context.output(), std::move(gradient));
  return axes.moved_back(backward_rows(rows, axes.moved(std::move(gradient)), now, context));
}

Tensor BatchNormalizationLayer::backward_rows(const Tensor& x, Tensor gradient,
                                              const Statistics& now, Context& context) const {
  const Tensor& inverse = now.inverse_deviation;
  const std::size_t channels = inverse.size(), rows = gradient.size() / channels;
  const Shape shape = shape_of(inverse);
  const ScaleShift forward = scale_shift(now);
  const Tensor& scale = forward.scale;
  // The gradient of a relu that follows is taken along the way: v says where it passes.
  std::optional<kernels::RectifiedScale<real>> rectified;
  if (context.following() && !now.row_weights)
    rectified = {scale.data(), forward.shift.data(), *bound_of(*context.following())};
  Tensor sum = empty(shape), dot = empty(shape);
  const bool wants_gamma = gamma_ && context.wants(*gamma_);
  const bool wants_beta = beta_ && context.wants(*beta_);
  if (now.of_batch || wants_gamma || wants_beta) {
    if (rectified) {
      kernels::rectified_gradient_sums(rows, channels, gradient.data(), x.data(), *rectified,
                                       now.mean.data(), inverse.data(), sum.data(), dot.data());
    } else {
      kernels::gradient_sums(rows, channels, gradient.data(), x.data(), now.mean.data(),
                             inverse.data(), sum.data(), dot.data());
    }
  }
  if (wants_gamma) {
    Tensor of_gamma = dot;
    for (std::size_t c = 0; c < channels && now.renorm; ++c) {
      of_gamma.data()[c] =
          now.renorm->r.data()[c] * dot.data()[c] + now.renorm->d.data()[c] * sum.data()[c];
    }
    context.add_gradient(*gamma_, std::move(of_gamma));
  }
  if (wants_beta) context.add_gradient(*beta_, sum);
  if (!context.wants_input_gradient()) return {};

  if (!now.of_batch) {
    const real* const none = nullptr;
    if (rectified) {
      kernels::rectified_scale_add_shift(rows, channels, gradient.data(), x.data(), *rectified,
                                         scale.data(), none, none, gradient.data());
    } else {
      kernels::scale_shift(rows, channels, gradient.data(), scale.data(), none, gradient.data());
    }
    return gradient;
  }
  // dx = scale dy + weight (slope x + shift): what the variance and the mean contribute. With
  // weights, the variance moves with the mean as well, for they sum up to less than the total.
  const double total = now.total_weight;
  const double lost = now.row_weights ? mask_epsilon : 0;
  Tensor slope = empty(shape), shift = empty(shape);
  for (std::size_t c = 0; c < channels; ++c) {
    const auto s = static_cast<double>(scale.data()[c]), d = static_cast<double>(dot.data()[c]);
    const auto i = static_cast<double>(inverse.data()[c]);
    const auto mean = static_cast<double>(now.mean.data()[c]);
    const double along_variance = -s * i * d / total;
    const double along_mean =
        -(s * static_cast<double>(sum.data()[c]) + along_variance * lost * mean) / total;
    slope.data()[c] = static_cast<real>(along_variance);
    shift.data()[c] = static_cast<real>(along_mean - along_variance * mean);
  }
  if (rectified) {
    kernels::rectified_scale_add_shift(rows, channels, gradient.data(), x.data(), *rectified,
                                       scale.data(), slope.data(), shift.data(), gradient.data());
    return gradient;
  }
  if (!now.row_weights) {
    kernels::scale_add_shift(rows, channels, gradient.data(), scale.data(), x.data(), slope.data(),
                             shift.data(), gradient.data());
    return gradient;
  }
  parallel_for(rows, grain / channels + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const real weight = now.row_weights->data()[r];
      real* const dy = gradient.data() + r * channels;
      const real* const values = x.data() + r * channels;
      for (std::size_t c = 0; c < channels; ++c) {
        dy[c] = dy[c] * scale.data()[c] + weight * (values[c] * slope.data()[c] + shift.data()[c]);
      }
    }
  });
  return gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
