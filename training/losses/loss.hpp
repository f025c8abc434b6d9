#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "../../framework/configurable.hpp"
#include "../../framework/registry.hpp"
#include "../../framework/spec.hpp"
#include "../../framework/tensor.hpp"
#include "reduction.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct LossResult {
  /// Reduced as the loss's reduction says; the sum where that is "none".
  double value = 0;
  /// The gradient of `value` with respect to y_pred, of y_pred's shape. Empty unless asked for.
  Tensor gradient = {};
};

/// What a model is trained to make small (keras.losses). A loss has one value for each sample, or
/// for each position of a sample: y_pred's shape without its last axis, unless a class says
/// otherwise. Weights multiply the values, then they are reduced to one number.
class Loss : public Configurable {
 public:
  static constexpr std::string_view kind = "loss";
  std::string_view module() const override { return "keras.losses"; }
  virtual const std::string& name() const = 0;
  virtual losses::Reduction reduction() const = 0;

  /// What a call of evaluate takes beside its tensors.
  struct Options {
    /// One weight for each value, or with axes of 1 where several values share one.
    const Tensor* sample_weight = nullptr;
    /// 1 where a value counts and 0 where it doesn't; the mean is then over those that count.
    const Tensor* mask = nullptr;
    bool gradient = false;
  };
  /// The loss and, if wanted, its gradient, in one pass. As in Keras, where the ranks of y_true and
  /// y_pred differ by one, a last axis of 1 is dropped or added. Throws ShapeError for other
  /// shapes that don't fit.
  LossResult evaluate(const Tensor& y_true, const Tensor& y_pred, const Options& options) const;
  LossResult evaluate(const Tensor& y_true, const Tensor& y_pred,
                      const Tensor* sample_weight = nullptr, bool want_gradient = false) const {
    return evaluate(y_true, y_pred, {.sample_weight = sample_weight, .gradient = want_gradient});
  }
  LossResult evaluate(const Tensor& y_true, const Tensor& y_pred, const Tensor* sample_weight,
                      const Tensor* mask, bool want_gradient) const {
    return evaluate(y_true, y_pred,
                    {.sample_weight = sample_weight, .mask = mask, .gradient = want_gradient});
  }
  /// The values before weights and reduction.
  Tensor values(const Tensor& y_true, const Tensor& y_pred) const;

 protected:
  /// The shape of the values for predictions of `shape`.
  virtual Shape values_shape(const Shape& shape) const;
  /// Fills `values`; where there is a `gradient` (of y_pred's shape, not initialised), fills it
  /// with the gradient of sum(coefficients * values).
  virtual void compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
                       const Tensor& coefficients, Tensor* gradient) const = 0;
  /// A mask that the loss itself brings: 0 where y_true says that a value doesn't count.
  virtual std::optional<Tensor> own_mask(const Tensor& y_true) const;
  /// Throws ShapeError where y_true does not fit y_pred. By default both have the same shape.
  virtual void check_shapes(const Tensor& y_true, const Tensor& y_pred) const;
};

extern template class Spec<Loss>;
template <>
Registry<const Loss>& Registry<const Loss>::instance();

namespace losses {

/// A loss whose values each follow from one row of y_true and one of y_pred.
class RowLoss : public Loss {
 protected:
  void compute(const Tensor& y_true, const Tensor& y_pred, Tensor& values,
               const Tensor& coefficients, Tensor* gradient) const final;
  Shape values_shape(const Shape& shape) const override;
  /// The axis that rows lie along.
  virtual Dim axis() const { return -1; }
  /// Called with all of y_true before the rows: returns what to use in its place.
  virtual Tensor prepared(Tensor y_true) const { return y_true; }
  /// The value of a row of `length` predictions; where there is a `gradient`, fills it with the
  /// row's gradient times `coefficient`. `t` is the row of y_true, whose rows may be shorter.
  virtual real row(const real* t, const real* p, std::size_t length, real coefficient,
                   real* gradient) const = 0;
};

/// The options of a loss without arguments of its own.
struct LossOptions {
  Reduction reduction = "sum_over_batch_size";
  /// Empty: the class's own.
  std::string name = {};
  /// Kept for files; the library computes in its own element type.
  std::optional<std::string> dtype = {};
  void describe(Fields& fields);
};
/// Goes through the keys that every loss has, in Keras's order.
void describe_loss(Fields& fields, std::string& name, Reduction& reduction,
                   std::optional<std::string>& dtype);

/// A loss with an options struct; `Derived::default_name` is its name where none is given.
template <class Derived, class OptionsType = LossOptions, class Base = RowLoss>
class WithLossOptions : public WithOptions<Derived, OptionsType, Base> {
 public:
  WithLossOptions() : WithLossOptions(OptionsType{}) {}
  explicit WithLossOptions(OptionsType options)
      : WithOptions<Derived, OptionsType, Base>(std::move(options)) {
    if (this->options_.name.empty()) this->options_.name = Derived::default_name;
  }
  const std::string& name() const final { return this->options_.name; }
  Reduction reduction() const final { return this->options_.reduction; }
};

}  // namespace losses
}  // namespace keratin::inline KERATIN_VARIANT
