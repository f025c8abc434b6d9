#include "glu.hpp"

#include "../axis_sizes.hpp"
#include "../base/parallel.hpp"
#include "../kernels/elementwise.hpp"
#include "../kernels/scratch.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

constexpr std::size_t grain = 16384;

/// Calls body(a, b, g, y) for each of the blocks that an axis before all others would index: the
/// places of the two halves, sigmoid(b) and the place in the output.
template <class Body>
void for_blocks(const real* x, std::size_t blocks, std::size_t half, const Body& body) {
  if (half == 0) return;
  parallel_for(blocks, grain / half + 1, [&](std::size_t begin, std::size_t end) {
    kernels::Scratch<real> gate(half);
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t a = 2 * block * half;
      kernels::sigmoid(half, x + a + half, gate.data());
      body(a, a + half, gate.data(), block * half);
    }
  });
}

}  // namespace

Shape Glu::compute_output_shape(const Shape& x) const {
  Shape y = x;
  Dim& size = y[normalized_axis(options_.axis, x.size(), class_name())];
  if (size == unknown) return y;
  if (size % 2 != 0) {
    throw ShapeError(concat("glu: axis size must be divisible by 2. Received: x.shape=", x,
                            " with axis=", options_.axis));
  }
  size /= 2;
  return y;
}

Tensor Glu::forward(Tensor x) const {
  const Shape shape = shape_of(x);
  Tensor y = empty(compute_output_shape(shape));
  const AxisSizes sizes(shape, normalized_axis(options_.axis, shape.size(), class_name()));
  const std::size_t half = sizes.count / 2 * sizes.inner;
  for_blocks(x.data(), sizes.outer, half,
             [&](std::size_t a, std::size_t, const real* gate, std::size_t out) {
               for (std::size_t i = 0; i < half; ++i) y.data()[out + i] = x.data()[a + i] * gate[i];
             });
  return y;
}

Tensor Glu::backward(const Tensor& kept, Tensor dy) const {
  const Shape shape = shape_of(kept);
  Tensor dx = empty(shape);
  const AxisSizes sizes(shape, normalized_axis(options_.axis, shape.size(), class_name()));
  const std::size_t half = sizes.count / 2 * sizes.inner;
  for_blocks(kept.data(), sizes.outer, half,
             [&](std::size_t a, std::size_t b, const real* gate, std::size_t out) {
               for (std::size_t i = 0; i < half; ++i) {
                 const real gradient = dy.data()[out + i] * gate[i];
                 dx.data()[a + i] = gradient;
                 dx.data()[b + i] = gradient * kept.data()[a + i] * (1 - gate[i]);
               }
             });
  return dx;
}

}  // namespace keratin::inline KERATIN_VARIANT::activations
