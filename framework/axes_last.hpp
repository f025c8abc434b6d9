#pragma once

#include <string_view>
#include <vector>

#include "axis_sizes.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// numpy.transpose: axis i of the result is axis `axes[i]` of `tensor`.
Tensor permuted(const Tensor& tensor, const std::vector<std::size_t>& axes);

/// A tensor seen as `rows` rows of the `count` elements along some of its axes: for layers that
/// work along axes anywhere. Nothing moves where these are the last ones already.
class AxesLast {
 public:
  /// Negative axes count from the end. Throws ShapeError, which names `owner`, where there is no
  /// such axis.
  AxesLast(const Shape& shape, const std::vector<Dim>& axes, std::string_view owner);

  std::size_t rows() const { return rows_; }
  std::size_t count() const { return count_; }
  /// `tensor` with the axes last; `storage` holds what had to move.
  const Tensor& moved(const Tensor& tensor, Tensor& storage) const;
  Tensor moved(Tensor tensor) const;
  /// The way back.
  Tensor moved_back(Tensor tensor) const;

 private:
  std::vector<std::size_t> order_, inverse_;
  bool stays_;
  std::size_t rows_, count_;
};

}  // namespace keratin::inline KERATIN_VARIANT
