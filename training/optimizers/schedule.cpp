#include "schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "../../framework/fields_impl.hpp"
#include "../../framework/spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<LearningRateSchedule>;

/// Every schedule that a Keras file may name.
template <>
Registry<const LearningRateSchedule>& Registry<const LearningRateSchedule>::instance() {
  using namespace optimizers::schedules;
  static Registry registry = std::move(Registry()
                                           .add<ExponentialDecay>()
                                           .add<InverseTimeDecay>()
                                           .add<PiecewiseConstantDecay>()
                                           .add<PolynomialDecay>()
                                           .add<CosineDecay>()
                                           .add<CosineDecayRestarts>());
  return registry;
}

namespace optimizers::schedules {
namespace {

void check_steps(std::string_view argument, double steps) {
  if (steps > 0) return;
  throw ValueError(
      concat("Argument `", argument, "` must be > 0. Received: ", argument, "=", steps));
}

double cosine(double fraction) { return 0.5 * (1 + std::cos(std::numbers::pi * fraction)); }

}  // namespace

void ExponentialDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps)(
      "decay_rate", decay_rate)("staircase", staircase)("name", name);
}
ExponentialDecay::ExponentialDecay(ExponentialDecayOptions options)
    : WithOptions(std::move(options)) {
  check_steps("decay_steps", options_.decay_steps);
}
double ExponentialDecay::operator()(std::int64_t step) const {
  double periods = static_cast<double>(step) / options_.decay_steps;
  if (options_.staircase) periods = std::floor(periods);
  return options_.initial_learning_rate * std::pow(double{options_.decay_rate}, periods);
}

void InverseTimeDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps)(
      "decay_rate", decay_rate)("staircase", staircase)("name", name);
}
InverseTimeDecay::InverseTimeDecay(InverseTimeDecayOptions options)
    : WithOptions(std::move(options)) {
  check_steps("decay_steps", options_.decay_steps);
}
double InverseTimeDecay::operator()(std::int64_t step) const {
  double periods = static_cast<double>(step) / options_.decay_steps;
  if (options_.staircase) periods = std::floor(periods);
  return options_.initial_learning_rate / (1 + options_.decay_rate * periods);
}

void PiecewiseConstantDecayOptions::describe(Fields& fields) {
  fields("boundaries", boundaries)("values", values)("name", name);
}
PiecewiseConstantDecay::PiecewiseConstantDecay(PiecewiseConstantDecayOptions options)
    : WithOptions(std::move(options)) {
  if (options_.values.size() != options_.boundaries.size() + 1) {
    throw ValueError(concat("The length of `boundaries` should be 1 less than the length of",
                            " `values`. Received: a length of ", options_.boundaries.size(),
                            " for `boundaries` and of ", options_.values.size(), " for `values`"));
  }
}
double PiecewiseConstantDecay::operator()(std::int64_t step) const {
  std::size_t i = 0;
  while (i < options_.boundaries.size() && static_cast<double>(step) > options_.boundaries[i]) ++i;
  return options_.values[i];
}

void PolynomialDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps)(
      "end_learning_rate", end_learning_rate)("power", power)("cycle", cycle)("name", name);
}
PolynomialDecay::PolynomialDecay(PolynomialDecayOptions options) : WithOptions(std::move(options)) {
  check_steps("decay_steps", options_.decay_steps);
}
double PolynomialDecay::operator()(std::int64_t step) const {
  double steps = options_.decay_steps, done = static_cast<double>(step);
  if (options_.cycle) {
    steps *= std::max(1.0, std::ceil(done / steps));
  } else {
    done = std::min(done, steps);
  }
  const double end = options_.end_learning_rate;
  return (options_.initial_learning_rate - end) *
             std::pow(1 - done / steps, double{options_.power}) +
         end;
}

void CosineDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate)("decay_steps", decay_steps)(
      "alpha", alpha)("name", name)("warmup_target", warmup_target)("warmup_steps", warmup_steps);
}
CosineDecay::CosineDecay(CosineDecayOptions options) : WithOptions(std::move(options)) {
  check_steps("decay_steps", options_.decay_steps);
}
double CosineDecay::operator()(std::int64_t step) const {
  const double initial = options_.initial_learning_rate, steps = options_.decay_steps;
  const auto decayed = [&](double from, double done) {
    const double alpha = options_.alpha;
    return from * ((1 - alpha) * cosine(std::min(done, steps) / steps) + alpha);
  };
  const auto done = static_cast<double>(step);
  if (!options_.warmup_target) return decayed(initial, done);
  const double target = *options_.warmup_target, warmup = options_.warmup_steps;
  if (done < warmup) return initial + (target - initial) * done / warmup;
  return decayed(target, std::min(done, warmup + steps) - warmup);
}

void CosineDecayRestartsOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate)("first_decay_steps", first_decay_steps)(
      "t_mul", t_mul)("m_mul", m_mul)("alpha", alpha)("name", name);
}
CosineDecayRestarts::CosineDecayRestarts(CosineDecayRestartsOptions options)
    : WithOptions(std::move(options)) {
  check_steps("first_decay_steps", options_.first_decay_steps);
}
double CosineDecayRestarts::operator()(std::int64_t step) const {
  const double t_mul = options_.t_mul, alpha = options_.alpha;
  double fraction = static_cast<double>(step) / options_.first_decay_steps, period = 0;
  if (t_mul == 1) {
    period = std::floor(fraction);
    fraction -= period;
  } else {
    period = std::floor(std::log(1 - fraction * (1 - t_mul)) / std::log(t_mul));
    const double before = (1 - std::pow(t_mul, period)) / (1 - t_mul);
    fraction = (fraction - before) / std::pow(t_mul, period);
  }
  const double start = std::pow(double{options_.m_mul}, period);
  return options_.initial_learning_rate * ((1 - alpha) * start * cosine(fraction) + alpha);
}

}  // namespace optimizers::schedules
}  // namespace keratin::inline KERATIN_VARIANT
