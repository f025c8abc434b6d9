#pragma once

#include "../../framework/number.hpp"
#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

struct BinaryFocalOptions {
  /// Whether targets 1 are weighted with alpha and targets 0 with 1 - alpha.
  bool apply_class_balancing = false;
  Number alpha = 0.25;
  /// How much less easy examples count.
  Number gamma = 2.0;
  bool from_logits = false;
  Number label_smoothing = 0.0;
  Dim axis = -1;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// Binary crossentropy times (1 - q)^gamma, q the probability of the target. Lin et al., "Focal
/// loss for dense object detection", 2018.
class BinaryFocalCrossentropy final
    : public WithLossOptions<BinaryFocalCrossentropy, BinaryFocalOptions> {
 public:
  static constexpr std::string_view keras_name = "BinaryFocalCrossentropy";
  static constexpr std::string_view default_name = "binary_focal_crossentropy";
  using WithLossOptions::WithLossOptions;

 protected:
  Dim axis() const override { return options_.axis; }
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

struct CategoricalFocalOptions {
  Number alpha = 0.25;
  Number gamma = 2.0;
  bool from_logits = false;
  Number label_smoothing = 0.0;
  Dim axis = -1;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// -sum alpha (1 - p)^gamma t log p, from the same paper.
class CategoricalFocalCrossentropy final
    : public WithLossOptions<CategoricalFocalCrossentropy, CategoricalFocalOptions> {
 public:
  static constexpr std::string_view keras_name = "CategoricalFocalCrossentropy";
  static constexpr std::string_view default_name = "categorical_focal_crossentropy";
  using WithLossOptions::WithLossOptions;

 protected:
  Dim axis() const override { return options_.axis; }
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
