#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <vector>

#include "../../framework/configurable.hpp"
#include "../../framework/naming.hpp"
#include "../../framework/registry.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What is measured over many batches and reported (keras.metrics). Accumulates in double.
class Metric : public Configurable {
 public:
  static constexpr std::string_view kind = "metric";
  std::string_view module() const override { return "keras.metrics"; }
  virtual const std::string& name() const = 0;

  /// Whether larger or smaller results are better, for callbacks.
  enum class Direction { unknown, up, down };
  virtual Direction direction() const { return Direction::unknown; }

  /// Takes in a batch, each sample (or position) counting as often as its weight says. Throws
  /// ShapeError where the shapes don't fit.
  virtual void update_state(const Tensor& y_true, const Tensor& y_pred,
                            const Tensor* sample_weight = nullptr) = 0;
  /// Over all batches since the last reset; the mean of results() where there are several.
  double result() const;
  /// A scalar for most metrics; one for each class or threshold for some.
  virtual BasicTensor<double> results() const = 0;
  virtual void reset_state();

  /// A part of the state under Keras's name.
  struct Variable {
    std::string name;
    BasicTensor<double> value;
  };
  /// Keras stores the i-th as `vars/i`. May be changed in place.
  std::vector<Variable>& variables() { return variables_; }
  const std::vector<Variable>& variables() const { return variables_; }

 protected:
  std::vector<Variable> variables_;
};

template <>
Registry<Metric>& Registry<Metric>::instance();

/// Names a metric as Keras's `metrics` argument does: by a string, or the object, which is moved
/// in, or one that is shared.
class MetricSpec {
 public:
  MetricSpec(const char* name) : name_(name) {}
  MetricSpec(std::string name) : name_(std::move(name)) {}
  MetricSpec(std::shared_ptr<Metric> metric) : metric_(std::move(metric)) {}
  template <std::derived_from<Metric> Object>
  MetricSpec(Object object) : metric_(std::make_shared<Object>(std::move(object))) {}

  /// Empty where it is an object.
  const std::string& name() const { return name_; }
  /// Null where it is a name.
  const std::shared_ptr<Metric>& metric() const { return metric_; }

 private:
  std::string name_;
  std::shared_ptr<Metric> metric_;
};

/// The metric that `spec` means for these shapes (batch axis included). "accuracy" ("acc") and
/// "crossentropy" ("ce") are the binary, the sparse or the categorical one, as the shapes say. A
/// metric made from a name bears that name. Throws ValueError where the name is unknown.
std::shared_ptr<Metric> resolve_metric(const MetricSpec& spec, const Shape& y_true,
                                       const Shape& y_pred);

namespace metrics {

/// Drops or adds a last axis of 1 where the ranks differ by one, as Keras does.
void match_ranks(Tensor& a, Tensor& b);

/// The options of a metric without arguments of its own.
struct MetricOptions {
  /// Empty: the class's own.
  std::string name = {};
  /// Kept for files.
  std::string dtype = "float32";
  void describe(Fields& fields);
};
/// Goes through the keys that every metric has, in Keras's order.
void describe_metric(Fields& fields, std::string& name, std::string& dtype);

/// A metric with an options struct. Where no name is given it is `Derived::default_name`, or one
/// made from the class name: "precision", "precision_1".
template <class Derived, class OptionsType, class Base = Metric>
class WithMetricOptions : public WithOptions<Derived, OptionsType, Base> {
 public:
  WithMetricOptions() : WithMetricOptions(OptionsType{}) {}
  explicit WithMetricOptions(OptionsType options)
      : WithOptions<Derived, OptionsType, Base>(std::move(options)) {
    if (!this->options_.name.empty()) return;
    if constexpr (requires { Derived::default_name; }) {
      this->options_.name = Derived::default_name;
    } else {
      this->options_.name = unique_name(Derived::keras_name);
    }
  }
  const std::string& name() const final { return this->options_.name; }
};

}  // namespace metrics
}  // namespace keratin::inline KERATIN_VARIANT
