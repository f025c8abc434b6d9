#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct AdamOptions {
  LearningRate learning_rate = 0.001;
  /// How slowly the averages of gradients and of squared gradients change.
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  /// Whether the largest average so far of squared gradients is used (Reddi et al., 2018).
  bool amsgrad = false;
  void describe(Fields& fields);
};

/// What Adam and AdamW share.
template <class Derived>
class AdamBase : public WithOptimizerOptions<Derived, AdamOptions> {
 public:
  using WithOptimizerOptions<Derived, AdamOptions>::WithOptimizerOptions;

 protected:
  using typename Optimizer::Slots;
  using typename Optimizer::Step;
  void build_slots(const std::vector<Parameter*>& parameters) final;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) final;

 private:
  Slots momentums_, velocities_, largest_;
};

/// Kingma and Ba, "Adam: a method for stochastic optimization", 2014.
class Adam final : public AdamBase<Adam> {
 public:
  static constexpr std::string_view keras_name = "Adam";
  using AdamBase::AdamBase;
};

/// Adam with weight decay, 0.004 where base options give none. Loshchilov and Hutter, "Decoupled
/// weight decay regularization", 2019.
class AdamW final : public AdamBase<AdamW> {
 public:
  static constexpr std::string_view keras_name = "AdamW";
  AdamW() : AdamW(AdamOptions{}) {}
  explicit AdamW(AdamOptions options, OptimizerOptions base = {});
  static std::optional<double> default_weight_decay() { return 0.004; }
};

struct AdamaxOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  void describe(Fields& fields);
};

/// Adam with the infinity norm, from the same paper.
class Adamax final : public WithOptimizerOptions<Adamax, AdamaxOptions> {
 public:
  static constexpr std::string_view keras_name = "Adamax";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots momentums_, norms_;
};

/// Adam with Nesterov momentum. Dozat, "Incorporating Nesterov momentum into Adam", 2015.
class Nadam final : public WithOptimizerOptions<Nadam, AdamaxOptions> {
 public:
  static constexpr std::string_view keras_name = "Nadam";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void begin_step(const Step& step) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  double schedule(double count) const;
  Slots momentums_, velocities_;
  Tensor* product_ = nullptr;
};

/// Adam whose steps are as long as the weights they change. You et al., "Large batch optimization
/// for deep learning: training BERT in 76 minutes", 2019.
class Lamb final : public WithOptimizerOptions<Lamb, AdamaxOptions> {
 public:
  static constexpr std::string_view keras_name = "Lamb";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots momentums_, velocities_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
