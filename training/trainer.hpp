#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../framework/function.hpp"
#include "callbacks/callback.hpp"
#include "compile.hpp"
#include "data.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What compile() makes of its options: the steps of training and testing a function.
class Trainer {
 public:
  /// Throws ValueError where losses, weights or metrics do not fit the function's outputs.
  Trainer(std::shared_ptr<Function> function, CompileOptions options);

  const CompileOptions& options() const { return options_; }
  optimizers::Optimizer& optimizer() { return *options_.optimizer.shared(); }

  /// Forward, loss, backward, regularizers, optimizer and constraints, moving averages, metrics.
  void train_step(const Batch& batch);
  /// Forward in inference mode, loss and metrics.
  void test_step(const Batch& batch);
  /// The mean loss and the metrics since the last reset, sorted by name.
  Logs logs() const;
  void reset_metrics();
  /// The metrics by their names among the logs; they are made with the first batch.
  std::vector<std::pair<std::string, std::shared_ptr<Metric>>> metrics() const;

 private:
  /// What one output is judged by.
  struct Judge {
    std::string name;
    LossSpec loss = {};
    double weight = 1;
    MetricList metric_specs = {};
    MetricList weighted_specs = {};
    std::vector<std::shared_ptr<Metric>> metrics = {};
    std::vector<std::shared_ptr<Metric>> weighted_metrics = {};
    double loss_sum = 0;
  };

  /// Makes the judges once the outputs are known, and the function's weights.
  void prepare(const Batch& batch);
  void assign_losses();
  void assign_metrics(const MetricSpecs& specs, MetricList Judge::*list);
  void check_targets(const Batch& batch) const;
  /// The loss of all outputs; `gradients`, if not null, gets those of the outputs.
  double judge(const Batch& batch, const Context& context, Tensors* gradients);
  void update_metrics(const Batch& batch, const Context& context);
  double add_regularizers(Gradients* gradients) const;
  /// The gradients of the loss times the optimizer's loss_scale_factor, which it divides by.
  void scale_loss(Gradients& gradients) const;
  void record(double loss, std::size_t samples);

  std::shared_ptr<Function> function_;
  CompileOptions options_;
  std::vector<Judge> judges_;
  std::vector<Parameter*> parameters_;
  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  double loss_sum_ = 0;
  double samples_ = 0;
};

}  // namespace keratin::inline KERATIN_VARIANT
