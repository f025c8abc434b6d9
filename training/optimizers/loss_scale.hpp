#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct LossScaleOptions {
  /// What the loss is multiplied by at first.
  double initial_scale = 32768;
  /// The factor doubles after so many steps with finite gradients.
  std::int64_t dynamic_growth_steps = 2000;
  /// Empty: "loss_scale_optimizer", "loss_scale_optimizer_1"...
  std::string name = {};
};

/// Gives another optimizer its gradients, of a loss that was multiplied so that they do not vanish
/// in 16 bits (keras.optimizers.LossScaleOptimizer): a step whose gradients are not finite is left
/// out and halves the factor. Throws ValueError for an initial scale that is not positive and
/// growth steps below 1.
class LossScaleOptimizer final : public Optimizer {
 public:
  static constexpr std::string_view keras_name = "LossScaleOptimizer";
  explicit LossScaleOptimizer(std::shared_ptr<Optimizer> inner_optimizer,
                              LossScaleOptions options = {});
  template <std::derived_from<Optimizer> Inner>
  explicit LossScaleOptimizer(Inner inner_optimizer, LossScaleOptions options = {})
      : LossScaleOptimizer(std::make_shared<Inner>(std::move(inner_optimizer)),
                           std::move(options)) {}

  std::string_view class_name() const override { return keras_name; }
  Optimizer& inner_optimizer() const { return *inner_; }
  void write_config(Json& config) const override;
  static std::shared_ptr<LossScaleOptimizer> from_config(const Json& config);

  void apply(Gradients& gradients, const std::vector<Parameter*>& parameters) override;
  void finalize_variable_values() override { inner_->finalize_variable_values(); }
  double loss_scale() const override;
  std::int64_t iterations() const override { return inner_->iterations(); }
  double learning_rate() const override { return inner_->learning_rate(); }
  void set_learning_rate(double value) override { inner_->set_learning_rate(value); }
  /// Its own, then those of the inner optimizer.
  std::vector<Variable> variables() const override;
  void set_variables(const std::vector<Tensor>& values) override;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t, Tensor&, const Tensor&, const Step&) override {}

 private:
  std::shared_ptr<Optimizer> inner_;
  LossScaleOptions options_;
  /// Steps since the factor was changed, and the factor; none before build().
  Tensor* step_counter_ = nullptr;
  Tensor* dynamic_scale_ = nullptr;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
