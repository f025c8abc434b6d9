#pragma once

#include "../../framework/number.hpp"
#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

struct MuonOptions {
  LearningRate learning_rate = 0.001;
  double adam_beta_1 = 0.9;
  double adam_beta_2 = 0.999;
  std::optional<double> adam_weight_decay = 0.004;
  double epsilon = 1e-7;
  /// Regular expressions: weights whose path matches one are left to AdamW.
  std::vector<std::string> exclude_layers = {};
  /// Whether weights with "embedding" in their path are.
  bool exclude_embeddings = true;
  /// The coefficients of the Newton-Schulz iteration.
  double muon_a = 3.4445;
  double muon_b = -4.775;
  double muon_c = 2.0315;
  /// AdamW's learning rate in units of the main one.
  Number adam_lr_ratio = 1;
  double momentum = 0.95;
  std::int64_t ns_steps = 5;
  bool nesterov = true;
  /// Where set: steps have this root mean square, times the learning rate.
  std::optional<double> rms_rate = 0.2;
  void describe(Fields& fields);
};

/// Steps along the nearest orthogonal matrix to the momentum, for weights that are matrices; AdamW
/// for all others. Weight decay is 0.004 where base options give none. Jordan et al., "Muon", 2024;
/// Liu et al., "Muon is scalable for LLM training", 2025.
class Muon final : public WithOptimizerOptions<Muon, MuonOptions> {
 public:
  static constexpr std::string_view keras_name = "Muon";
  Muon() : Muon(MuonOptions{}) {}
  explicit Muon(MuonOptions options, OptimizerOptions base = {});
  static std::optional<double> default_weight_decay() { return 0.004; }

 protected:
  void build_slots(const std::vector<Parameter*>& parameters) override;
  void update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step) override;
  std::optional<double> weight_decay(const Parameter& parameter) const override;

 private:
  bool uses_adamw(const Parameter& parameter) const;
  void adamw_update(std::size_t i, Tensor& weight, const Tensor& gradient, const Step& step);
  Tensor orthogonalized(const Tensor& matrix) const;
  Slots momentums_;
  /// Null where Muon updates.
  Slots velocities_;
};

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
