#pragma once

#include "unary.hpp"

namespace keratin::inline KERATIN_VARIANT::layers::operations {

/// For each axis the place that each place of the result comes from; `nowhere` for a fill value.
using AxisMaps = std::vector<std::vector<Dim>>;
inline constexpr Dim nowhere = -1;

/// y(i, j, ...) = x(maps[0][i], maps[1][j], ...), or `fill` where a place comes from nowhere.
Tensor select(const Tensor& x, const AxisMaps& maps, real fill);
/// The gradient of an x of `shape`, given that of y.
Tensor select_backward(const Shape& shape, const AxisMaps& maps, const Tensor& dy);

/// A function that takes its result's places, axis by axis, from places of its operand: slices,
/// padding, repetition.
class Selection : public Unary {
 public:
  Shape output_shape(const Shape& x) const final;
  Tensor compute(const Tensor& x) const final;
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const final;

 protected:
  /// Where axis `axis` of x, of `size` places, is taken from; `rank` is that of seen().
  virtual std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const = 0;
  /// The size of that axis of the result. By default one of unknown size stays unknown.
  virtual Dim length(std::size_t axis, Dim size, std::size_t rank) const;
  /// The shape under which x is taken, with as many elements.
  virtual Shape seen(const Shape& x) const { return x; }
  /// The shape of the result, with as many elements as `mapped`.
  virtual Shape shown(const Shape& mapped) const { return mapped; }
  virtual real fill() const { return 0; }

 private:
  AxisMaps maps(const Shape& shape) const;
};

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
