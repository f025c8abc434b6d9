#pragma once

#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

struct CircleOptions {
  /// How sharply far pairs count.
  double gamma = 80;
  /// How much closer pairs of one class shall be than others.
  double margin = 0.4;
  /// Whether a sample is no pair with itself.
  bool remove_diagonal = true;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// softplus of what pairs of one class lack in closeness and others have too much of
/// (keras.losses.Circle; Sun et al., "Circle Loss", 2020).
///
/// y_true are labels (batch) or (batch, 1), y_pred normalized embeddings (batch, n); the values are
/// (batch). A sample without a pair of its class, or without one of another, does not count.
class Circle final : public WithLossOptions<Circle, CircleOptions, Loss> {
 public:
  static constexpr std::string_view keras_name = "Circle";
  static constexpr std::string_view default_name = "circle";
  using WithLossOptions::WithLossOptions;

 protected:
  void compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
               const Tensor& coefficients, Tensor* gradient) const override;
  std::optional<Tensor> own_mask(const Tensor& y_true) const override;
  void check_shapes(const Tensor& y_true, const Tensor& y_pred) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
