#pragma once

#include "../../framework/number.hpp"
#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

// Probabilities are taken as Keras takes them: those of a row are divided by their sum, then
// clipped to [1e-7, 1 - 1e-7]; what is clipped has no gradient. Logits need neither.

struct CrossentropyOptions {
  /// Whether y_pred holds logits: what goes into the softmax or sigmoid.
  bool from_logits = false;
  /// How much of each target is spread over all classes, in [0, 1].
  Number label_smoothing = 0.0;
  /// The axis of the classes.
  Dim axis = -1;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// mean of -(t log p + (1 - t) log(1 - p))
class BinaryCrossentropy final : public WithLossOptions<BinaryCrossentropy, CrossentropyOptions> {
 public:
  static constexpr std::string_view keras_name = "BinaryCrossentropy";
  static constexpr std::string_view default_name = "binary_crossentropy";
  using WithLossOptions::WithLossOptions;

 protected:
  Dim axis() const override { return options_.axis; }
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

/// -sum t log p, for one-hot targets or other distributions.
class CategoricalCrossentropy final
    : public WithLossOptions<CategoricalCrossentropy, CrossentropyOptions> {
 public:
  static constexpr std::string_view keras_name = "CategoricalCrossentropy";
  static constexpr std::string_view default_name = "categorical_crossentropy";
  using WithLossOptions::WithLossOptions;

 protected:
  Dim axis() const override { return options_.axis; }
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;
  /// A label that doesn't count: its value is 0 and the mean leaves it out.
  std::optional<Dim> ignore_class = {};
  Reduction reduction = "sum_over_batch_size";
  Dim axis = -1;
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// -log p of the class that y_true names by its number; y_true lacks the class axis or has size 1
/// there. Throws ValueError for labels that name no class.
class SparseCategoricalCrossentropy final
    : public WithLossOptions<SparseCategoricalCrossentropy, SparseCategoricalCrossentropyOptions> {
 public:
  static constexpr std::string_view keras_name = "SparseCategoricalCrossentropy";
  static constexpr std::string_view default_name = "sparse_categorical_crossentropy";
  using WithLossOptions::WithLossOptions;

 protected:
  Dim axis() const override { return options_.axis; }
  void check_shapes(const Tensor& y_true, const Tensor& y_pred) const override;
  std::optional<Tensor> own_mask(const Tensor& y_true) const override;
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

/// sum t log(t / p), both clipped to [1e-7, 1].
class KLDivergence final : public WithLossOptions<KLDivergence> {
 public:
  static constexpr std::string_view keras_name = "KLDivergence";
  static constexpr std::string_view default_name = "kl_divergence";
  using WithLossOptions::WithLossOptions;

 protected:
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
