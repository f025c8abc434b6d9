#pragma once

#include "../number.hpp"
#include "../regularizer.hpp"

namespace keratin::inline KERATIN_VARIANT::regularizers {

struct L1Options {
  Number l1 = 0.01;
  void describe(Fields& fields);
};

/// l1 sum |x|. As in Keras, `l1` is kept in float32, also in files: 0.1 is 0.10000000149011612.
/// This and the others: ValueError for a negative or non-finite factor.
class L1 final : public WithOptions<L1, L1Options, Regularizer> {
 public:
  static constexpr std::string_view keras_name = "L1";
  L1() : L1(L1Options{}) {}
  explicit L1(L1Options options);
  double operator()(const Tensor& x) const override;
  void add_gradient(const Tensor& x, double scale, Tensor& gradient) const override;
};

struct L2Options {
  Number l2 = 0.01;
  void describe(Fields& fields);
};

/// l2 sum x^2.
class L2 final : public WithOptions<L2, L2Options, Regularizer> {
 public:
  static constexpr std::string_view keras_name = "L2";
  L2() : L2(L2Options{}) {}
  explicit L2(L2Options options);
  double operator()(const Tensor& x) const override;
  void add_gradient(const Tensor& x, double scale, Tensor& gradient) const override;
};

struct L1L2Options {
  Number l1 = 0.0;
  Number l2 = 0.0;
  void describe(Fields& fields);
};

/// l1 sum |x| + l2 sum x^2.
class L1L2 final : public WithOptions<L1L2, L1L2Options, Regularizer> {
 public:
  static constexpr std::string_view keras_name = "L1L2";
  L1L2() : L1L2(L1L2Options{}) {}
  explicit L1L2(L1L2Options options);
  double operator()(const Tensor& x) const override;
  void add_gradient(const Tensor& x, double scale, Tensor& gradient) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::regularizers
