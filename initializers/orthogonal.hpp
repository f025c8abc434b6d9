#pragma once

#include "seed.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

struct OrthogonalOptions {
  double gain = 1;
  Seed seed = {};
  void describe(Fields& fields);
};

/// A random matrix with orthonormal rows or columns (whichever are fewer), times `gain`; a tensor
/// of higher rank is taken as a matrix with the last axis as its columns. Saxe et al., "Exact
/// solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.
/// Throws ValueError for a rank below 2.
class Orthogonal final : public RandomInitializer<Orthogonal, OrthogonalOptions> {
 public:
  static constexpr std::string_view keras_name = "Orthogonal";
  using RandomInitializer::RandomInitializer;
  Tensor operator()(const Shape& shape) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::initializers
