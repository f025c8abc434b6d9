#include "group_products.hpp"

#include <algorithm>

#include "../../framework/base/parallel.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

using kernels::gemm;
using kernels::Transpose;

namespace {

/// Multiplications that one thread makes at least.
constexpr std::size_t grain = 32768;

/// Groups side by side where there are enough of them; else gemm uses the threads, and its bits do
/// not depend on that.
template <class Body>
void for_groups(std::size_t groups, std::size_t work, const Body& body) {
  if (groups >= static_cast<std::size_t>(num_threads())) {
    parallel_for(groups, grain / std::max<std::size_t>(work, 1) + 1,
                 [&](std::size_t begin, std::size_t end) {
                   for (std::size_t g = begin; g < end; ++g) body(g);
                 });
  } else {
    for (std::size_t g = 0; g < groups; ++g) body(g);
  }
}

Dim dim(std::size_t size) { return static_cast<Dim>(size); }

}  // namespace

Tensor products(const Tensor& a, Transpose b_op, const Tensor& b) {
  const std::size_t groups = a.shape(0), rows = a.shape(1), inner = a.shape(2);
  const std::size_t columns = b.shape(b_op == Transpose::yes ? 1 : 2);
  const std::size_t repeats = groups / std::max<std::size_t>(b.shape(0), 1);
  Tensor c = empty({dim(groups), dim(rows), dim(columns)});
  for_groups(groups, rows * columns * inner, [&](std::size_t g) {
    gemm<real>(Transpose::no, b_op, rows, columns, inner, a.data() + g * rows * inner, inner,
               b.data() + g / repeats * inner * columns, b_op == Transpose::yes ? inner : columns,
               0, c.data() + g * rows * columns, columns);
  });
  return c;
}

Tensor summed_products(const Tensor& a, const Tensor& b, std::size_t groups) {
  const std::size_t inner = a.shape(1), rows = a.shape(2), columns = b.shape(2);
  const std::size_t repeats = a.shape(0) / std::max<std::size_t>(groups, 1);
  Tensor c = empty({dim(groups), dim(rows), dim(columns)});
  for_groups(groups, repeats * rows * columns * inner, [&](std::size_t s) {
    for (std::size_t r = 0; r < repeats; ++r) {
      const std::size_t g = s * repeats + r;
      gemm<real>(Transpose::yes, Transpose::no, rows, columns, inner, a.data() + g * inner * rows,
                 rows, b.data() + g * inner * columns, columns, r == 0 ? real{0} : real{1},
                 c.data() + s * rows * columns, columns);
    }
  });
  return c;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
