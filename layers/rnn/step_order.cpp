#include "step_order.hpp"

#include <algorithm>

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// The elements of one sample at one step; `shape` has steps and batch first, in either order.
std::size_t row_of(const Shape& shape) {
  std::size_t row = 1;
  for (std::size_t axis = 2; axis < shape.size(); ++axis)
    row *= static_cast<std::size_t>(shape[axis]);
  return row;
}

Shape swapped(Shape shape, bool time_major) {
  if (!time_major) std::swap(shape[0], shape[1]);
  return shape;
}

/// Copies between (steps, batch, row) at `ordered` and the layer's order at `given`.
template <class Copy>
void for_each_row(const Shape& shape, bool time_major, bool reversed, const Copy& copy) {
  const auto steps = static_cast<std::size_t>(shape[0]), batch = static_cast<std::size_t>(shape[1]);
  const std::size_t row = row_of(shape);
  for (std::size_t t = 0; t < steps; ++t) {
    const std::size_t place = reversed ? steps - 1 - t : t;
    for (std::size_t b = 0; b < batch; ++b) {
      const std::size_t given = time_major ? place * batch + b : b * steps + place;
      copy((t * batch + b) * row, given * row, row);
    }
  }
}

}  // namespace

Tensor steps_first(const Tensor& sequence, bool time_major, bool reversed) {
  const Shape shape = swapped(shape_of(sequence), time_major);
  Tensor ordered = empty(shape);
  for_each_row(shape, time_major, reversed, [&](std::size_t to, std::size_t from, std::size_t row) {
    std::copy_n(sequence.data() + from, row, ordered.data() + to);
  });
  return ordered;
}

Tensor from_steps_first(const real* steps, const Shape& shape, bool time_major, bool reversed) {
  Tensor sequence = empty(swapped(shape, time_major));
  for_each_row(shape, time_major, reversed, [&](std::size_t from, std::size_t to, std::size_t row) {
    std::copy_n(steps + from, row, sequence.data() + to);
  });
  return sequence;
}

Tensor flipped(const Tensor& sequence, std::size_t axis) {
  const Shape shape = shape_of(sequence);
  const auto steps = static_cast<std::size_t>(shape[axis]);
  std::size_t before = 1, row = 1;
  for (std::size_t i = 0; i < axis; ++i) before *= static_cast<std::size_t>(shape[i]);
  for (std::size_t i = axis + 1; i < shape.size(); ++i) row *= static_cast<std::size_t>(shape[i]);
  Tensor result = empty(shape);
  for (std::size_t b = 0; b < before; ++b) {
    for (std::size_t t = 0; t < steps; ++t) {
      std::copy_n(sequence.data() + (b * steps + t) * row, row,
                  result.data() + (b * steps + steps - 1 - t) * row);
    }
  }
  return result;
}

void mask_outputs(const Tensor& mask, bool zero, Tensor& outputs) {
  const std::size_t batch = mask.shape(1), row = row_of(shape_of(outputs)), step = batch * row;
  for (std::size_t t = 0; t < mask.shape(0); ++t) {
    real* const now = outputs.data() + t * step;
    copy_masked(mask.data() + t * batch, batch, row, zero || t == 0 ? nullptr : now - step, now);
  }
}

void mask_output_gradients(const Tensor& mask, bool zero, Tensor& gradients) {
  const std::size_t batch = mask.shape(1), row = row_of(shape_of(gradients)), step = batch * row;
  for (std::size_t t = mask.shape(0); t-- > 0;) {
    real* const now = gradients.data() + t * step;
    for (std::size_t b = 0; b < batch && !zero && t > 0; ++b) {
      if (mask.data()[t * batch + b] != 0) continue;
      for (std::size_t i = b * row; i < (b + 1) * row; ++i) (now - step)[i] += now[i];
    }
    copy_masked(mask.data() + t * batch, batch, row, nullptr, now);
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
