#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

#include "../../framework/configurable.hpp"
#include "../../framework/registry.hpp"
#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A number that is gathered over batches (keras.metrics.Metric).
class Metric : public Configurable {
 public:
  static constexpr std::string_view kind = "metric";
  std::string_view module() const override { return "keras.metrics"; }

  /// The name in logs: "accuracy".
  virtual const std::string& name() const = 0;
  /// `sample_weight` may be null.
  virtual void update_state(const Tensor& y_true, const Tensor& y_pred,
                            const Tensor* sample_weight) = 0;
  virtual double result() const = 0;
  virtual void reset_state() = 0;
};

template <>
Registry<Metric>& Registry<Metric>::instance();

/// A metric by name ("accuracy", "mse"), or as an object.
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

/// The metric that `spec` means for these shapes (batch axis included): "accuracy" and
/// "crossentropy" depend on them, as in Keras. A metric made from a name bears that name in logs.
/// Throws ValueError where the name is unknown.
std::shared_ptr<Metric> resolve_metric(const MetricSpec& spec, const Shape& y_true,
                                       const Shape& y_pred);

}  // namespace keratin::inline KERATIN_VARIANT
