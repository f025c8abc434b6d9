#include "pointwise.hpp"

#include <algorithm>

#include "../base/parallel.hpp"

namespace keratin::inline KERATIN_VARIANT::activations {
namespace {

constexpr std::size_t grain = 16384;

template <class Body>
void for_pieces(std::size_t count, std::size_t piece, const Body& body) {
  parallel_for(count, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; i += piece) body(i, std::min(piece, end - i));
  });
}

}  // namespace

void Pointwise::transform(real* x, std::size_t count) const {
  for_pieces(count, piece, [&](std::size_t i, std::size_t length) { apply(x + i, length); });
}

Tensor Pointwise::forward(Tensor x) const {
  transform(x.data(), x.size());
  return x;
}

Tensor Pointwise::forward_of(const Tensor& x) const {
  Tensor y = empty(shape_of(x));
  const real* const from = x.data();
  real* const to = y.data();
  for_pieces(x.size(), piece, [&](std::size_t i, std::size_t count) {
    std::copy_n(from + i, count, to + i);
    apply(to + i, count);
  });
  return y;
}

Tensor Pointwise::backward(const Tensor& kept, Tensor dy) const {
  const real* const values = kept.data();
  real* const gradient = dy.data();
  for_pieces(dy.size(), piece, [&](std::size_t i, std::size_t count) {
    scale_gradient(values + i, gradient + i, count);
  });
  return dy;
}

}  // namespace keratin::inline KERATIN_VARIANT::activations
