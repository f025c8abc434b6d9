#pragma once

#include "seed.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

struct RandomNormalOptions {
  double mean = 0;
  double stddev = 0.05;
  Seed seed = {};
  void describe(Fields& fields);
};

/// Normal with `mean` and `stddev`.
class RandomNormal final : public RandomInitializer<RandomNormal, RandomNormalOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomNormal";
  using RandomInitializer::RandomInitializer;
  Tensor operator()(const Shape& shape) const override;
};

/// Normal with `mean` and `stddev`, drawn again until within two standard deviations of the mean.
class TruncatedNormal final : public RandomInitializer<TruncatedNormal, RandomNormalOptions> {
 public:
  static constexpr std::string_view keras_name = "TruncatedNormal";
  using RandomInitializer::RandomInitializer;
  Tensor operator()(const Shape& shape) const override;
};

struct RandomUniformOptions {
  double minval = -0.05;
  double maxval = 0.05;
  Seed seed = {};
  void describe(Fields& fields);
};

/// Uniform in [minval, maxval).
class RandomUniform final : public RandomInitializer<RandomUniform, RandomUniformOptions> {
 public:
  static constexpr std::string_view keras_name = "RandomUniform";
  using RandomInitializer::RandomInitializer;
  Tensor operator()(const Shape& shape) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::initializers
