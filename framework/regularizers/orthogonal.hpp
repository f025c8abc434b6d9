#pragma once

#include <string>

#include "../number.hpp"
#include "../regularizer.hpp"

namespace keratin::inline KERATIN_VARIANT::regularizers {

struct OrthogonalRegularizerOptions {
  Number factor = 0.01;
  /// "rows" or "columns".
  std::string mode = "rows";
  void describe(Fields& fields);
};

/// factor times half the mean, over pairs of rows (or columns) of a matrix, of the magnitude of
/// their cosine, counted both ways as Keras does. `factor` is kept in float32, as Keras keeps it.
/// Throws ValueError for tensors that are no matrix and for unknown modes.
class OrthogonalRegularizer final
    : public WithOptions<OrthogonalRegularizer, OrthogonalRegularizerOptions, Regularizer> {
 public:
  static constexpr std::string_view keras_name = "OrthogonalRegularizer";
  OrthogonalRegularizer() : OrthogonalRegularizer(OrthogonalRegularizerOptions{}) {}
  explicit OrthogonalRegularizer(OrthogonalRegularizerOptions options);
  double operator()(const Tensor& x) const override;
  void add_gradient(const Tensor& x, double scale, Tensor& gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::regularizers
