#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../framework/configurable.hpp"
#include "../../framework/gradients.hpp"
#include "../../framework/parameter.hpp"
#include "../../framework/registry.hpp"
#include "schedule.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace optimizers {

/// A number or a schedule.
class LearningRate {
 public:
  LearningRate(double value) : value_(value) {}
  LearningRate(Spec<LearningRateSchedule> schedule) : schedule_(std::move(schedule)) {}
  template <std::derived_from<LearningRateSchedule> Schedule>
  LearningRate(Schedule schedule) : schedule_(std::move(schedule)) {}

  const Spec<LearningRateSchedule>& schedule() const { return schedule_; }
  double at(std::int64_t step) const { return schedule_ ? (*schedule_)(step) : value_; }

  friend void to_json(Json& json, const LearningRate& learning_rate);
  friend void from_json(const Json& json, LearningRate& learning_rate);

 private:
  double value_ = 0;
  Spec<LearningRateSchedule> schedule_ = {};
};

/// What every optimizer takes beside its own options.
struct OptimizerOptions {
  /// Each step first takes weight_decay * learning_rate * w from each weight w.
  std::optional<double> weight_decay = {};
  /// The largest norm of one weight's gradient; of all gradients together; the largest magnitude of
  /// an element. At most one of the three may be set.
  std::optional<double> clipnorm = {};
  std::optional<double> global_clipnorm = {};
  std::optional<double> clipvalue = {};
  /// Whether a moving average of the weights is kept. It replaces them every
  /// `ema_overwrite_frequency` steps, and when finalize_variable_values() is called.
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency = {};
  /// What the loss was multiplied by before its gradient was taken.
  std::optional<double> loss_scale_factor = {};
  /// Weights change every so many steps only, by the mean of the gradients.
  std::optional<std::int64_t> gradient_accumulation_steps = {};
  /// Empty: made from the class name, "adam", "adam_1"...
  std::string name = {};
  /// Without `name`, which Keras puts before the learning rate.
  void describe(Fields& fields);
};

/// Changes weights by their gradients (keras.optimizers). Holds its own state: the number of steps
/// and whatever it keeps for each weight.
class Optimizer : public Configurable {
 public:
  static constexpr std::string_view kind = "optimizer";
  std::string_view module() const override { return "keras.optimizers"; }
  const std::string& name() const { return base_.name; }
  const OptimizerOptions& base_options() const { return base_; }

  /// Makes the state for `parameters`. Does nothing if it is there.
  void build(const std::vector<Parameter*>& parameters);
  bool built() const { return built_; }
  /// Takes one step, building first if need be; then applies the constraints of the parameters.
  /// Those without a gradient stay as they are. Uses up `gradients`. Throws ValueError for
  /// parameters that the optimizer was not built for and if there is no gradient at all.
  virtual void apply(Gradients& gradients, const std::vector<Parameter*>& parameters);
  /// If use_ema: replaces the weights by their moving average. To be called after training.
  virtual void finalize_variable_values();

  /// Keeps parameters whose name matches one of these regular expressions from decaying; before
  /// build().
  void exclude_from_weight_decay(std::vector<std::string> names);

  /// What the loss must be multiplied by before backward.
  virtual double loss_scale() const { return base_.loss_scale_factor.value_or(1); }
  /// For an optimizer around this one, which divides the gradients itself.
  void clear_loss_scale_factor() { base_.loss_scale_factor.reset(); }
  /// Steps taken: calls of apply().
  virtual std::int64_t iterations() const { return iterations_; }
  /// That of the next step.
  virtual double learning_rate() const { return learning_rate_.at(iterations_); }
  /// Kept in the element type, as in Keras: 0.001 is 0.0010000000474974513. Throws ValueError where
  /// there is a schedule.
  virtual void set_learning_rate(double value);

  /// A piece of the state. Keras stores the i-th as `optimizer/vars/i`.
  struct Variable {
    std::string name;
    std::string dtype;
    Tensor value;
  };
  /// iteration, learning_rate (unless scheduled), then what is kept for the parameters, such as
  /// "sep_depthwise_kernel_momentum". A float holds iteration exactly up to 2^24 only; iterations()
  /// always does.
  virtual std::vector<Variable> variables() const;
  /// Puts back what variables() gave, in the same order. Throws ValueError where the number or the
  /// shapes don't fit.
  virtual void set_variables(const std::vector<Tensor>& values);
  void set_iterations(std::int64_t iterations) { iterations_ = iterations; }

 protected:
  Optimizer(std::string_view class_name, LearningRate learning_rate, OptimizerOptions options);

  /// What a step knows beside the weight and its gradient.
  struct Step {
    real learning_rate;
    /// To be taken from each weight, times itself, first.
    real decay;
    /// 1 for the first update.
    double count;
  };
  /// Makes the slots of all parameters, in Keras's order.
  virtual void build_slots(const std::vector<Parameter*>& parameters) = 0;
  /// Called once before the updates of a step.
  virtual void begin_step(const Step&) {}
  /// Changes the i-th parameter that was built for.
  virtual void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) = 0;
  /// The weight decay of a parameter.
  virtual std::optional<double> weight_decay(const Parameter&) const { return base_.weight_decay; }

  /// A new part of the state; the reference stays valid.
  Tensor& add_variable(std::string name, const Shape& shape, real initial = 0,
                       std::string dtype = "float32");
  /// One with a parameter's shape, named "layer_kernel_" + name.
  Tensor& add_slot(const Parameter& parameter, std::string_view name, real initial = 0);
  using Slots = std::vector<Tensor*>;

  /// Calls `body(k)` for each element, from several threads.
  template <class Body>
  static void for_each_element(std::size_t count, const Body& body);

  /// The schedule, or the number as it stands.
  const LearningRate& current_learning_rate() const { return learning_rate_; }

  OptimizerOptions base_;

 private:
  struct Pending {
    std::size_t index;
    Parameter* parameter;
    Tensor* gradient;
  };
  std::int64_t updates() const;
  std::vector<Pending> pending(Gradients& gradients, const std::vector<Parameter*>& parameters);
  bool accumulate(const std::vector<Pending>& pending);
  void clip(const std::vector<Pending>& pending) const;
  void update_averages();
  bool decays(const Parameter& parameter) const;

  LearningRate learning_rate_;
  std::int64_t iterations_ = 0;
  bool built_ = false;
  std::vector<Parameter*> parameters_;
  std::unordered_map<const Parameter*, std::size_t> index_;
  std::vector<std::unique_ptr<Variable>> state_;
  Slots averages_, accumulators_;
  std::vector<std::string> without_decay_;
};

/// An optimizer made from a struct of its own options, learning_rate among them, and the options
/// that all have.
template <class Derived, class OptionsType>
class WithOptimizerOptions : public Optimizer {
 public:
  using Options = OptionsType;
  WithOptimizerOptions() : WithOptimizerOptions(Options{}) {}
  explicit WithOptimizerOptions(Options options, OptimizerOptions base = {})
      : Optimizer(Derived::keras_name, options.learning_rate, std::move(base)),
        options_(std::move(options)) {}

  std::string_view class_name() const final { return Derived::keras_name; }
  const Options& options() const { return options_; }
  void write_config(Json& config) const override {
    Options options = options_;
    OptimizerOptions base = base_;
    Fields fields = Fields::writer(config);
    LearningRate learning_rate = current_learning_rate();
    describe(fields, learning_rate, options, base);
  }
  static std::shared_ptr<Derived> from_config(const Json& config) {
    Options options{};
    OptimizerOptions base;
    base.weight_decay = Derived::default_weight_decay();
    Fields fields = Fields::reader(config, std::string(Derived::keras_name));
    describe(fields, options.learning_rate, options, base);
    fields.finish(Derived::keras_name);
    return std::make_shared<Derived>(std::move(options), std::move(base));
  }
  static std::optional<double> default_weight_decay() { return {}; }

 protected:
  Options options_;

 private:
  static void describe(Fields& fields, LearningRate& learning_rate, Options& options,
                       OptimizerOptions& base);
};

}  // namespace optimizers

template <>
Registry<optimizers::Optimizer>& Registry<optimizers::Optimizer>::instance();

/// Names an optimizer as Keras's `optimizer` argument does: "adam", or an object, which is moved
/// in, or one that is shared.
class OptimizerSpec {
 public:
  /// Throws ValueError where no such optimizer is known.
  OptimizerSpec(const char* name) : OptimizerSpec(std::string(name)) {}
  OptimizerSpec(const std::string& name);
  OptimizerSpec(std::shared_ptr<optimizers::Optimizer> optimizer)
      : optimizer_(std::move(optimizer)) {}
  template <std::derived_from<optimizers::Optimizer> Object>
  OptimizerSpec(Object object) : optimizer_(std::make_shared<Object>(std::move(object))) {}

  optimizers::Optimizer& operator*() const { return *optimizer_; }
  optimizers::Optimizer* operator->() const { return optimizer_.get(); }
  const std::shared_ptr<optimizers::Optimizer>& shared() const { return optimizer_; }

 private:
  std::shared_ptr<optimizers::Optimizer> optimizer_;
};

}  // namespace keratin::inline KERATIN_VARIANT
