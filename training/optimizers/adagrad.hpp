#pragma once

#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct AdagradOptions {
  LearningRate learning_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  void describe(Fields& fields);
};

/// Duchi et al., "Adaptive subgradient methods", 2011.
class Adagrad final : public WithOptimizerOptions<Adagrad, AdagradOptions> {
 public:
  static constexpr std::string_view keras_name = "Adagrad";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots accumulators_;
};

struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;
  void describe(Fields& fields);
};

/// Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
class Adadelta final : public WithOptimizerOptions<Adadelta, AdadeltaOptions> {
 public:
  static constexpr std::string_view keras_name = "Adadelta";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots gradients_, changes_;
};

struct FtrlOptions {
  LearningRate learning_rate = 0.001;
  /// At most 0.
  double learning_rate_power = -0.5;
  double initial_accumulator_value = 0.1;
  double l1_regularization_strength = 0;
  double l2_regularization_strength = 0;
  double l2_shrinkage_regularization_strength = 0;
  double beta = 0;
  void describe(Fields& fields);
};

/// McMahan et al., "Ad click prediction: a view from the trenches", 2013. Throws ValueError for a
/// positive power and for other negative options.
class Ftrl final : public WithOptimizerOptions<Ftrl, FtrlOptions> {
 public:
  static constexpr std::string_view keras_name = "Ftrl";
  Ftrl() : Ftrl(FtrlOptions{}) {}
  explicit Ftrl(FtrlOptions options, OptimizerOptions base = {});

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots accumulators_, linears_;
};

struct LionOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.99;
  void describe(Fields& fields);
};

/// Chen et al., "Symbolic discovery of optimization algorithms", 2023.
class Lion final : public WithOptimizerOptions<Lion, LionOptions> {
 public:
  static constexpr std::string_view keras_name = "Lion";
  using WithOptimizerOptions::WithOptimizerOptions;

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;

 private:
  Slots momentums_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
