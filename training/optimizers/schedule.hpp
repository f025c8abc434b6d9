#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../../framework/configurable.hpp"
#include "../../framework/number.hpp"
#include "../../framework/registry.hpp"
#include "../../framework/spec.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A learning rate that depends on the number of steps taken (keras.optimizers.schedules).
class LearningRateSchedule : public Configurable {
 public:
  static constexpr std::string_view kind = "learning rate schedule";
  std::string_view module() const override { return "keras.optimizers.schedules"; }
  /// The learning rate of the step after `step` others.
  virtual double operator()(std::int64_t step) const = 0;
};

extern template class Spec<LearningRateSchedule>;
template <>
Registry<const LearningRateSchedule>& Registry<const LearningRateSchedule>::instance();

namespace optimizers::schedules {

struct ExponentialDecayOptions {
  Number initial_learning_rate = 0.1;
  Number decay_steps = 1;
  Number decay_rate = 1.0;
  /// Whether the rate changes only every `decay_steps` steps.
  bool staircase = false;
  std::string name = "ExponentialDecay";
  void describe(Fields& fields);
};
/// initial_learning_rate decay_rate^(step / decay_steps)
class ExponentialDecay final
    : public WithOptions<ExponentialDecay, ExponentialDecayOptions, LearningRateSchedule> {
 public:
  static constexpr std::string_view keras_name = "ExponentialDecay";
  ExponentialDecay() : ExponentialDecay(ExponentialDecayOptions{}) {}
  explicit ExponentialDecay(ExponentialDecayOptions options);
  double operator()(std::int64_t step) const override;
};

struct InverseTimeDecayOptions {
  Number initial_learning_rate = 0.1;
  Number decay_steps = 1;
  Number decay_rate = 1.0;
  bool staircase = false;
  std::string name = "InverseTimeDecay";
  void describe(Fields& fields);
};
/// initial_learning_rate / (1 + decay_rate step / decay_steps)
class InverseTimeDecay final
    : public WithOptions<InverseTimeDecay, InverseTimeDecayOptions, LearningRateSchedule> {
 public:
  static constexpr std::string_view keras_name = "InverseTimeDecay";
  InverseTimeDecay() : InverseTimeDecay(InverseTimeDecayOptions{}) {}
  explicit InverseTimeDecay(InverseTimeDecayOptions options);
  double operator()(std::int64_t step) const override;
};

struct PiecewiseConstantDecayOptions {
  /// Increasing steps; values[i] holds up to and including boundaries[i].
  std::vector<Number> boundaries = {};
  /// One more than there are boundaries.
  std::vector<Number> values = {0.1};
  std::string name = "PiecewiseConstant";
  void describe(Fields& fields);
};
class PiecewiseConstantDecay final
    : public WithOptions<PiecewiseConstantDecay, PiecewiseConstantDecayOptions,
                         LearningRateSchedule> {
 public:
  static constexpr std::string_view keras_name = "PiecewiseConstantDecay";
  PiecewiseConstantDecay() : PiecewiseConstantDecay(PiecewiseConstantDecayOptions{}) {}
  explicit PiecewiseConstantDecay(PiecewiseConstantDecayOptions options);
  double operator()(std::int64_t step) const override;
};

struct PolynomialDecayOptions {
  Number initial_learning_rate = 0.1;
  Number decay_steps = 1;
  Number end_learning_rate = 0.0001;
  Number power = 1.0;
  /// Whether it starts again, with a longer decay each time, instead of staying at the end.
  bool cycle = false;
  std::string name = "PolynomialDecay";
  void describe(Fields& fields);
};
/// From the initial to the end learning rate along (1 - step / decay_steps)^power.
class PolynomialDecay final
    : public WithOptions<PolynomialDecay, PolynomialDecayOptions, LearningRateSchedule> {
 public:
  static constexpr std::string_view keras_name = "PolynomialDecay";
  PolynomialDecay() : PolynomialDecay(PolynomialDecayOptions{}) {}
  explicit PolynomialDecay(PolynomialDecayOptions options);
  double operator()(std::int64_t step) const override;
};

struct CosineDecayOptions {
  Number initial_learning_rate = 0.1;
  /// Of the decay, after the warm-up.
  Number decay_steps = 1;
  /// The last learning rate as a fraction of the first.
  Number alpha = 0.0;
  std::string name = "CosineDecay";
  /// Where set: the rate first rises linearly to it, for `warmup_steps` steps, and decays from it.
  std::optional<Number> warmup_target = {};
  Number warmup_steps = 0;
  void describe(Fields& fields);
};
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016.
class CosineDecay final
    : public WithOptions<CosineDecay, CosineDecayOptions, LearningRateSchedule> {
 public:
  static constexpr std::string_view keras_name = "CosineDecay";
  CosineDecay() : CosineDecay(CosineDecayOptions{}) {}
  explicit CosineDecay(CosineDecayOptions options);
  double operator()(std::int64_t step) const override;
};

struct CosineDecayRestartsOptions {
  Number initial_learning_rate = 0.1;
  Number first_decay_steps = 1;
  /// How many times longer each period is than the one before.
  Number t_mul = 2.0;
  /// What the rate that each period starts from is multiplied by.
  Number m_mul = 1.0;
  Number alpha = 0.0;
  std::string name = "SGDRDecay";
  void describe(Fields& fields);
};
/// CosineDecay that starts again when it is over.
class CosineDecayRestarts final
    : public WithOptions<CosineDecayRestarts, CosineDecayRestartsOptions, LearningRateSchedule> {
 public:
  static constexpr std::string_view keras_name = "CosineDecayRestarts";
  CosineDecayRestarts() : CosineDecayRestarts(CosineDecayRestartsOptions{}) {}
  explicit CosineDecayRestarts(CosineDecayRestartsOptions options);
  double operator()(std::int64_t step) const override;
};

}  // namespace optimizers::schedules
}  // namespace keratin::inline KERATIN_VARIANT
