#pragma once

#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT::losses {

/// -log of the probability that labels come out where each step says one or nothing
/// (keras.losses.CTC; Graves et al., "Connectionist temporal classification", 2006).
///
/// y_true are class numbers (batch, length), with 0 behind the labels of shorter rows; y_pred are
/// logits (batch, steps, classes), of which class 0 says nothing. The values are (batch): infinite,
/// with gradient 0, where there are too few steps. Throws ValueError for labels that name no class
/// and for a 0 before a label.
class CTC final : public WithLossOptions<CTC, LossOptions, Loss> {
 public:
  static constexpr std::string_view keras_name = "CTC";
  static constexpr std::string_view default_name = "ctc";
  using WithLossOptions::WithLossOptions;

 protected:
  Shape values_shape(const Shape& shape) const override;
  void compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
               const Tensor& coefficients, Tensor* gradient) const override;
  void check_shapes(const Tensor& y_true, const Tensor& y_pred) const override;

 private:
  std::vector<std::size_t> labels(const real* row, std::size_t length, std::size_t classes) const;
};

}  // namespace keratin::inline KERATIN_VARIANT::losses
