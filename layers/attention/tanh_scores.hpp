#pragma once

#include "../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Scores of the additive kind, (batch, targets, sources):
/// outer * the sum over d of weights(d) * tanh(inner * (query(target, d) + key(source, d))).
struct TanhScores {
  /// One for each place of the last axis; null: all 1.
  const real* weights = nullptr;
  real inner = 1;
  real outer = 1;

  /// Of query (batch, targets, n) and key (batch, sources, n).
  Tensor operator()(const Tensor& query, const Tensor& key) const;

  struct Gradients {
    Tensor query, key;
    Tensor weights;  ///< (n), also where there are none
    double inner, outer;
  };
  Gradients gradients(const Tensor& query, const Tensor& key, const Tensor& score_gradient) const;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
