#include "weights.hpp"

#include <functional>
#include <numeric>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::metrics {

void refuse_weight(const Tensor& weight, const Shape& shape) {
  throw ShapeError(concat("The sample_weight of shape ", shape_of(weight), " does not fit a",
                          " metric's values of shape ", shape));
}

std::vector<double> broadcast_weights(const Tensor& weight, const Shape& shape) {
  std::vector<std::size_t> index(shape.size(), 0), steps(shape.size(), 0);
  std::size_t step = 1, source = 0;
  for (std::size_t i = shape.size(); i-- > 0;) {
    const auto size = static_cast<Dim>(weight.shape(i));
    if (size != shape[i] && size != 1) refuse_weight(weight, shape);
    steps[i] = size == 1 ? 0 : step;
    step *= weight.shape(i);
  }
  const Dim count = std::accumulate(shape.begin(), shape.end(), Dim{1}, std::multiplies<>());
  std::vector<double> result(static_cast<std::size_t>(count));
  for (double& value : result) {
    value = double{weight.data()[source]};
    for (std::size_t i = shape.size(); i-- > 0;) {
      source += steps[i];
      if (++index[i] < static_cast<std::size_t>(shape[i])) break;
      source -= steps[i] * index[i];
      index[i] = 0;
    }
  }
  return result;
}

std::vector<double> elementwise_weights(const Tensor& weight, const Shape& shape) {
  Shape own = shape_of(weight);
  if (own.empty()) own.assign(shape.size(), 1);
  if (own.size() + 1 == shape.size()) own.push_back(1);
  if (own.size() == shape.size() + 1 && own.back() == 1) own.pop_back();
  if (own.size() != shape.size()) refuse_weight(weight, shape);
  return broadcast_weights(reshaped(weight, own), shape);
}

}  // namespace keratin::inline KERATIN_VARIANT::metrics
