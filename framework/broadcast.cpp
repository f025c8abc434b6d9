#include "broadcast.hpp"

#include <algorithm>

#include "axis_sizes.hpp"
#include "base/error.hpp"
#include "base/parallel.hpp"
#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

constexpr std::size_t grain = 16384;

/// `shape` with axes of size 1 in front, for a tensor of `rank` axes.
Shape with_rank(const Shape& shape, std::size_t rank) {
  Shape result(rank - std::min(rank, shape.size()), 1);
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

void check_broadcast(const Shape& from, const Shape& to) {
  bool fits = from.size() == to.size();
  for (std::size_t i = 0; fits && i < to.size(); ++i) fits = from[i] == to[i] || from[i] == 1;
  if (!fits) {
    throw ShapeError(
        concat("Shape ", tuple_text(from), " cannot be broadcast to ", tuple_text(to)));
  }
}

/// The place in a tensor of shape `from` of row `row`, where rows are all axes but the last.
std::size_t row_offset(std::size_t row, const Shape& from, const Shape& to) {
  std::size_t offset = 0, stride = static_cast<std::size_t>(from.back());
  for (std::size_t i = to.size() - 1; i-- > 0;) {
    const auto size = static_cast<std::size_t>(to[i]);
    if (from[i] != 1) offset += row % size * stride;
    stride *= static_cast<std::size_t>(from[i]);
    row /= size;
  }
  return offset;
}

/// Sums axes `begin` to `end` - 1 of a block of three: outer, those axes, inner.
Tensor sum_axes(const Tensor& tensor, const Shape& shape, std::size_t begin, std::size_t end) {
  const std::size_t outer = size_of_axes(shape, 0, begin), count = size_of_axes(shape, begin, end),
                    inner = size_of_axes(shape, end, shape.size());
  Shape reduced = shape;
  std::fill(reduced.begin() + static_cast<Dim>(begin), reduced.begin() + static_cast<Dim>(end), 1);
  Tensor result = empty(reduced);
  const real* const x = tensor.data();
  real* const y = result.data();
  // Each element is summed by one thread.
  parallel_for(outer * inner, grain / std::max<std::size_t>(1, count) + 1,
               [&](std::size_t first, std::size_t last) {
                 for (std::size_t place = first; place < last; ++place) {
                   const real* values = x + place / inner * count * inner + place % inner;
                   double sum = 0;
                   for (std::size_t i = 0; i < count; ++i) sum += double{values[i * inner]};
                   y[place] = static_cast<real>(sum);
                 }
               });
  return result;
}

}  // namespace

Tensor broadcast_to(const Tensor& tensor, const Shape& shape) {
  const Shape from = with_rank(shape_of(tensor), shape.size());
  check_broadcast(from, shape);
  if (from == shape) return reshaped(tensor, shape);
  Tensor result = empty(shape);
  const auto width = static_cast<std::size_t>(shape.back());
  if (result.size() == 0) return result;
  parallel_for(result.size() / width, grain / width + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const real* const values = tensor.data() + row_offset(row, from, shape);
      real* const out = result.data() + row * width;
      if (from.back() == 1) {
        std::fill_n(out, width, *values);
      } else {
        std::copy_n(values, width, out);
      }
    }
  });
  return result;
}

Tensor sum_to(const Tensor& tensor, const Shape& shape) {
  Shape current = shape_of(tensor);
  const Shape to = with_rank(shape, current.size());
  check_broadcast(to, current);
  Tensor result = tensor;
  // Neighbouring axes are summed together.
  for (std::size_t end = current.size(); end > 0;) {
    if (to[end - 1] == current[end - 1]) {
      --end;
      continue;
    }
    std::size_t begin = end - 1;
    while (begin > 0 && to[begin - 1] != current[begin - 1]) --begin;
    result = sum_axes(result, current, begin, end);
    std::fill(current.begin() + static_cast<Dim>(begin), current.begin() + static_cast<Dim>(end),
              1);
    end = begin;
  }
  return reshaped(std::move(result), shape);
}

Shape broadcast_shape(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  const Shape x = with_rank(a, rank), y = with_rank(b, rank);
  Shape result(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    if (x[i] == unknown || y[i] == unknown) {
      result[i] = unknown;
    } else if (x[i] != y[i] && x[i] != 1 && y[i] != 1) {
      throw ShapeError(concat("Inputs have incompatible shapes. Received shapes ", tuple_text(a),
                              " and ", tuple_text(b)));
    } else {
      result[i] = x[i] == 1 ? y[i] : x[i];
    }
  }
  return result;
}

}  // namespace keratin::inline KERATIN_VARIANT
