#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct RMSpropOptions {
  LearningRate learning_rate = 0.001;
  /// How slowly the average of squared gradients changes.
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  /// Whether the mean gradient's square is subtracted, which leaves the variance.
  bool centered = false;
  void describe(Fields& fields);
};

/// Hinton, "Neural networks for machine learning", lecture 6, 2012.
class RMSprop final : public WithOptimizerOptions<RMSprop, RMSpropOptions> {
 public:
  static constexpr std::string_view keras_name = "RMSprop";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots velocities_, momentums_, averages_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
