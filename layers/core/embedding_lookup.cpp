#include "embedding_lookup.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

std::size_t row(const Layer& owner, Dim rows, real value) {
  if (!(value >= 0 && value < static_cast<real>(rows)))
    owner.refuse("indices must be in [0, ", rows, "). Received: ", value);
  return static_cast<std::size_t>(value);
}

}  // namespace

Tensor looked_up(const Layer& owner, const Tensor& table, const Tensor& indices) {
  const std::size_t width = table.shape(1);
  Shape shape = shape_of(indices);
  shape.push_back(static_cast<Dim>(width));
  Tensor output = empty(shape);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::copy_n(
        table.data() + row(owner, static_cast<Dim>(table.shape(0)), indices.data()[i]) * width,
        width, output.data() + i * width);
  }
  return output;
}

Tensor lookup_gradient(const Layer& owner, const Shape& table, const Tensor& indices,
                       const Tensor& gradient) {
  const auto width = static_cast<std::size_t>(table[1]);
  Tensor sums = zeros(table);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    real* const sum = sums.data() + row(owner, table[0], indices.data()[i]) * width;
    for (std::size_t k = 0; k < width; ++k) sum[k] += gradient.data()[i * width + k];
  }
  return sums;
}

Tensor nonzero_mask(const Tensor& indices) {
  Tensor mask = indices;
  for (real& value : mask) value = value != 0 ? real{1} : real{0};
  return mask;
}

void check_embedding_size(const Layer& owner, const char* argument, Dim value) {
  if (value > 0) return;
  owner.refuse("Invalid value for argument `", argument,
               "`, expected a positive integer. Received: ", argument, "=", value);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
