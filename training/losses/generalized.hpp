#pragma once

#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

struct CategoricalGeneralizedCrossEntropyOptions {
  /// Between the mean absolute error (1) and the crossentropy (0), in (0, 1).
  double q = 0.5;
  Reduction reduction = "sum_over_batch_size";
  std::string name = {};
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};

/// (1 - p^q) / q, with p the probability of the class that y_true names by its number
/// (keras.losses.CategoricalGeneralizedCrossEntropy; Zhang and Sabuncu, 2018): labels that are
/// wrong do less harm. Throws ValueError unless 0 < q < 1 and for labels that name no class.
class CategoricalGeneralizedCrossEntropy final
    : public WithLossOptions<CategoricalGeneralizedCrossEntropy,
                             CategoricalGeneralizedCrossEntropyOptions> {
 public:
  static constexpr std::string_view keras_name = "CategoricalGeneralizedCrossEntropy";
  static constexpr std::string_view default_name = "categorical_generalized_cross_entropy";
  CategoricalGeneralizedCrossEntropy()
      : CategoricalGeneralizedCrossEntropy(CategoricalGeneralizedCrossEntropyOptions{}) {}
  explicit CategoricalGeneralizedCrossEntropy(CategoricalGeneralizedCrossEntropyOptions options);

 protected:
  void check_shapes(const Tensor& y_true, const Tensor& y_pred) const override;
  real row(const real* t, const real* p, std::size_t length, real coefficient,
           real* gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
