#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct AdafactorOptions {
  LearningRate learning_rate = 0.001;
  double beta_2_decay = -0.8;
  double epsilon_1 = 1e-30;
  double epsilon_2 = 1e-3;
  double clip_threshold = 1;
  /// Whether a learning rate that is a number is at most 1 / sqrt(step).
  bool relative_step = true;
  void describe(Fields& fields);
};

/// Keeps squared gradients as means over rows and columns of the last two axes. Shazeer and Stern,
/// "Adafactor: adaptive learning rates with sublinear memory cost", 2018.
class Adafactor final : public WithOptimizerOptions<Adafactor, AdafactorOptions> {
 public:
  static constexpr std::string_view keras_name = "Adafactor";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  void average_squares(std::size_t i, const Tensor& gradient, real keep);
  Slots rows_, columns_, velocities_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
