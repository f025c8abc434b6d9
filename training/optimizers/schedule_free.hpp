#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct ScheduleFreeAdamWOptions {
  LearningRate learning_rate = 0.0025;
  /// How much of the average is in the weights that gradients are taken at.
  double beta_1 = 0.9;
  /// How slowly the average of squared gradients changes.
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  /// Steps over which the learning rate rises from 0.
  std::int64_t warmup_steps = 0;
  void describe(Fields& fields);
};

/// Adam whose weights are averaged instead of its learning rate scheduled. Defazio et al., "The
/// road less scheduled", 2024.
///
/// While it trains, the weights are between the average and the sequence that steps are taken in:
/// call swap_to_eval() before a model is evaluated or saved for use, swap_to_train() before
/// training goes on.
class ScheduleFreeAdamW final
    : public WithOptimizerOptions<ScheduleFreeAdamW, ScheduleFreeAdamWOptions> {
 public:
  static constexpr std::string_view keras_name = "ScheduleFreeAdamW";
  using WithOptimizerOptions::WithOptimizerOptions;

  /// From the average to the weights that gradients are taken at. Does nothing before build().
  void swap_to_train();
  /// The way back.
  void swap_to_eval();

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  std::vector<Parameter*> weights_;
  Slots momentums_, velocities_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
