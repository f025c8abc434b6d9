#pragma once

#include "pointwise.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {

/// (x + 3) / 6, clipped to [0, 1] (keras.activations.hard_sigmoid of Keras 3).
class HardSigmoid final : public PointwiseOf<HardSigmoid> {
 public:
  static constexpr std::string_view keras_name = "hard_sigmoid";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// 0.2 x + 0.5, clipped to [0, 1]: what hard_sigmoid was in Keras 1 and 2. Keras 3 has no name for
/// it.
class HardSigmoidKeras2 final : public PointwiseOf<HardSigmoidKeras2> {
 public:
  static constexpr std::string_view keras_name = "hard_sigmoid_keras2";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// x hard_sigmoid(x) (keras.activations.hard_silu, hard_swish).
class HardSilu final : public PointwiseOf<HardSilu> {
 public:
  static constexpr std::string_view keras_name = "hard_silu";
  using WithOptions::WithOptions;
  Keeps keeps() const override { return Keeps::input; }

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// x clipped to [-1, 1] (keras.activations.hard_tanh).
class HardTanh final : public PointwiseOf<HardTanh> {
 public:
  static constexpr std::string_view keras_name = "hard_tanh";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// 0 where x <= -1, (x + 1)^2 / 4 between, x where x >= 1 (keras.activations.sparse_plus).
class SparsePlus final : public PointwiseOf<SparsePlus> {
 public:
  static constexpr std::string_view keras_name = "sparse_plus";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

/// (x + 1) / 2, clipped to [0, 1] (keras.activations.sparse_sigmoid).
class SparseSigmoid final : public PointwiseOf<SparseSigmoid> {
 public:
  static constexpr std::string_view keras_name = "sparse_sigmoid";
  using WithOptions::WithOptions;

 private:
  void apply(real* x, std::size_t count) const override;
  void scale_gradient(const real* kept, real* dy, std::size_t count) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::activations
