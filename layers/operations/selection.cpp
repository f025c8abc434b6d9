#include "selection.hpp"

#include <algorithm>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/base/parallel.hpp"

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

constexpr std::size_t grain = 4096;

Shape mapped_shape(const AxisMaps& maps) {
  Shape shape;
  for (const auto& map : maps) shape.push_back(static_cast<Dim>(map.size()));
  return shape;
}

/// Where row `row` of the result (all axes but the last) lies in x, or nowhere.
Dim source_row(std::size_t row, const Shape& shape, const AxisMaps& maps) {
  Dim source = 0, stride = 1;
  for (std::size_t axis = maps.size() - 1; axis-- > 0;) {
    const std::size_t size = maps[axis].size();
    const Dim place = maps[axis][row % size];
    if (place == nowhere) return nowhere;
    source += place * stride;
    stride *= shape[axis];
    row /= size;
  }
  return source;
}

bool has_repetition(const AxisMaps& maps) {
  return std::ranges::any_of(maps, [](std::vector<Dim> map) {
    std::erase(map, nowhere);
    std::ranges::sort(map);
    return std::ranges::adjacent_find(map) != map.end();
  });
}

template <class Body>
void for_rows(std::size_t rows, std::size_t width, bool in_order, const Body& body) {
  const auto run = [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) body(row);
  };
  if (in_order) {
    run(0, rows);
  } else {
    parallel_for(rows, grain / (width + 1) + 1, run);
  }
}

}  // namespace

Tensor select(const Tensor& x, const AxisMaps& maps, real fill) {
  if (maps.empty()) return x;
  Tensor y = empty(mapped_shape(maps));
  const std::vector<Dim>& last = maps.back();
  const std::size_t width = last.size();
  if (y.size() == 0) return y;
  const Shape shape = shape_of(x);
  for_rows(y.size() / width, width, false, [&](std::size_t row) {
    const Dim source = source_row(row, shape, maps);
    real* const out = y.data() + row * width;
    if (source == nowhere) return static_cast<void>(std::fill_n(out, width, fill));
    const real* const in = x.data() + source * shape.back();
    for (std::size_t i = 0; i < width; ++i) out[i] = last[i] == nowhere ? fill : in[last[i]];
  });
  return y;
}

Tensor select_backward(const Shape& shape, const AxisMaps& maps, const Tensor& dy) {
  if (maps.empty()) return dy;
  Tensor dx = zeros(shape);
  const std::vector<Dim>& last = maps.back();
  const std::size_t width = last.size();
  if (dy.size() == 0) return dx;
  // What several places take is added in their order.
  for_rows(dy.size() / width, width, has_repetition(maps), [&](std::size_t row) {
    const Dim source = source_row(row, shape, maps);
    if (source == nowhere) return;
    real* const out = dx.data() + source * shape.back();
    for (std::size_t i = 0; i < width; ++i) {
      if (last[i] != nowhere) out[last[i]] += dy.data()[row * width + i];
    }
  });
  return dx;
}

Dim Selection::length(std::size_t axis, Dim size, std::size_t rank) const {
  return size == unknown ? unknown : static_cast<Dim>(map(axis, size, rank).size());
}

AxisMaps Selection::maps(const Shape& shape) const {
  AxisMaps all;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    all.push_back(map(axis, shape[axis], shape.size()));
  return all;
}

Shape Selection::output_shape(const Shape& x) const {
  const Shape shape = seen(x);
  Shape mapped;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    mapped.push_back(length(axis, shape[axis], shape.size()));
  return shown(mapped);
}

Tensor Selection::compute(const Tensor& x) const {
  const Shape shape = seen(shape_of(x));
  Tensor y = select(reshaped(x, shape), maps(shape), fill());
  const Shape mapped = shape_of(y);
  return reshaped(std::move(y), shown(mapped));
}

Tensor Selection::gradient(const Tensor& x, const Tensor&, Tensor dy) const {
  const Shape shape = seen(shape_of(x));
  const AxisMaps all = maps(shape);
  const Tensor dx = select_backward(shape, all, reshaped(std::move(dy), mapped_shape(all)));
  return reshaped(dx, shape_of(x));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
