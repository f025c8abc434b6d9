#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "losses/loss.hpp"
#include "metrics/metric.hpp"
#include "optimizers/optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A loss by name ("mse", "sparse_categorical_crossentropy") or as an object, or nothing for an
/// output that is not trained.
class LossSpec {
 public:
  LossSpec() = default;
  /// Throws ValueError where the name is unknown.
  LossSpec(const char* name) : LossSpec(std::string(name)) {}
  LossSpec(std::string name) : loss_(name), name_(std::move(name)) {}
  LossSpec(std::shared_ptr<const Loss> loss) : loss_(std::move(loss)) {}
  template <std::derived_from<Loss> Object>
  LossSpec(Object object) : loss_(std::move(object)) {}

  explicit operator bool() const { return static_cast<bool>(loss_); }
  const Loss& operator*() const { return *loss_; }
  const Loss* operator->() const { return &*loss_; }
  /// Empty where it was given as an object.
  const std::string& name() const { return name_; }

 private:
  Spec<Loss> loss_ = {};
  std::string name_ = {};
};

/// Something for each output of a model: one for all, a list in the order of the outputs, or by
/// the outputs' names.
template <class T>
class PerOutput {
 public:
  PerOutput() = default;
  template <class U>
  requires std::constructible_from<T, U> PerOutput(U&& one) : all_{T(std::forward<U>(one))} {}
  PerOutput(std::vector<T> list) : list_(std::move(list)) {}
  PerOutput(std::map<std::string, T> by_name) : by_name_(std::move(by_name)) {}

  bool empty() const { return all_.empty() && list_.empty() && by_name_.empty(); }
  /// Whether one was given for all outputs.
  const std::vector<T>& all() const { return all_; }
  const std::vector<T>& list() const { return list_; }
  const std::map<std::string, T>& by_name() const { return by_name_; }

 private:
  std::vector<T> all_;  // one, or none
  std::vector<T> list_;
  std::map<std::string, T> by_name_;
};

using MetricList = std::vector<MetricSpec>;

/// The metrics of a model: {"accuracy", "mse"} for one output, else a list for each output, in
/// order or by name.
class MetricSpecs {
 public:
  MetricSpecs() = default;
  MetricSpecs(std::initializer_list<MetricSpec> metrics) : flat_(metrics) {}
  MetricSpecs(MetricList metrics) : flat_(std::move(metrics)) {}
  MetricSpecs(std::vector<MetricList> list) : list_(std::move(list)) {}
  MetricSpecs(std::map<std::string, MetricList> by_name) : by_name_(std::move(by_name)) {}

  bool empty() const { return flat_.empty() && list_.empty() && by_name_.empty(); }
  const MetricList& flat() const { return flat_; }
  const std::vector<MetricList>& list() const { return list_; }
  const std::map<std::string, MetricList>& by_name() const { return by_name_; }

 private:
  MetricList flat_;
  std::vector<MetricList> list_;
  std::map<std::string, MetricList> by_name_;
};

/// What Model::compile takes (keras.Model.compile).
struct CompileOptions {
  OptimizerSpec optimizer = "rmsprop";
  PerOutput<LossSpec> loss = {};
  /// A factor for each output's loss; without them 1.
  PerOutput<double> loss_weights = {};
  MetricSpecs metrics = {};
  /// Metrics that heed sample and class weights.
  MetricSpecs weighted_metrics = {};
};

}  // namespace keratin::inline KERATIN_VARIANT
