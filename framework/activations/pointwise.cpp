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

Tensor Pointwise::forward(Tensor x) const {
  real* const data = x.data();
  for_pieces(x.size(), piece, [&](std::size_t i, std::size_t count) { apply(data + i, count); });
  return x;
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
