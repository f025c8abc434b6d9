#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct SGDOptions {
  LearningRate learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  void describe(Fields& fields);
};

/// Gradient descent: w -= learning_rate g; with momentum m = momentum m - learning_rate g,
/// w += m, or w += momentum m - learning_rate g if `nesterov`. Throws ValueError for a momentum
/// outside [0, 1].
class SGD final : public WithOptimizerOptions<SGD, SGDOptions> {
 public:
  static constexpr std::string_view keras_name = "SGD";
  SGD() : SGD(SGDOptions{}) {}
  explicit SGD(SGDOptions options, OptimizerOptions base = {});

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots momentums_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
