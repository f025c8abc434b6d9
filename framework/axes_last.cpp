#include "axes_last.hpp"

#include <algorithm>

#include "kernels/transpose.hpp"

namespace keratin::inline KERATIN_VARIANT {

Tensor permuted(const Tensor& tensor, const std::vector<std::size_t>& axes) {
  const std::vector<std::size_t> sizes(tensor.shape().begin(), tensor.shape().end());
  Shape shape;
  for (const std::size_t axis : axes) shape.push_back(static_cast<Dim>(sizes[axis]));
  Tensor result = empty(shape);
  kernels::permute(sizes.size(), sizes.data(), axes.data(), tensor.data(), result.data());
  return result;
}

AxesLast::AxesLast(const Shape& shape, const std::vector<Dim>& axes, std::string_view owner)
    : inverse_(shape.size()), rows_(1), count_(1) {
  std::vector<bool> last(shape.size());
  for (const Dim axis : axes) last[normalized_axis(axis, shape.size(), owner)] = true;
  for (const bool wanted : {false, true}) {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (last[i] != wanted) continue;
      inverse_[i] = order_.size();
      order_.push_back(i);
      (wanted ? count_ : rows_) *= static_cast<std::size_t>(shape[i]);
    }
  }
  stays_ = std::ranges::is_sorted(order_);
}

const Tensor& AxesLast::moved(const Tensor& tensor, Tensor& storage) const {
  if (stays_) return tensor;
  storage = permuted(tensor, order_);
  return storage;
}

Tensor AxesLast::moved(Tensor tensor) const {
  return stays_ ? std::move(tensor) : permuted(tensor, order_);
}

Tensor AxesLast::moved_back(Tensor tensor) const {
  return stays_ ? std::move(tensor) : permuted(tensor, inverse_);
}

}  // namespace keratin::inline KERATIN_VARIANT
