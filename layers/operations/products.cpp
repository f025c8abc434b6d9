#include <algorithm>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/base/error.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/kernels/gemm.hpp"
#include "../../framework/layer.hpp"
#include "tensor_function.hpp"

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

using kernels::gemm;
using kernels::Transpose;

/// keras.ops.matmul: stacks of matrices, whose leading axes are broadcast; a tensor of rank 1 is a
/// row on the left and a column on the right.
class Matmul final : public TensorFunction {
 public:
  Shapes output_shapes(const Shapes& operands) const override {
    if (operands[0].empty() || operands[1].empty())
      throw ShapeError("Matmul: the operands must have at least one axis");
    const Shape a = as_row(operands[0]), b = as_column(operands[1]);
    const Dim left = a.back(), right = b[b.size() - 2];
    if (left != right && left != unknown && right != unknown) {
      throw ShapeError(concat("Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be ",
                              "equal, but received ", tuple_text(operands)));
    }
    Shape shape = broadcast_shape(stack(a), stack(b));
    if (operands[0].size() > 1) shape.push_back(a[a.size() - 2]);
    if (operands[1].size() > 1) shape.push_back(b.back());
    return {shape};
  }
  Tensors forward(TensorRefs operands) const override {
    const Sizes sizes(*operands[0], *operands[1]);
    const Tensor a = broadcast_to(sizes.a, sizes.a_shape()),
                 b = broadcast_to(sizes.b, sizes.b_shape());
    Tensors outputs;
    Tensor& y = outputs.emplace_back(
        empty(output_shapes({shape_of(*operands[0]), shape_of(*operands[1])})[0]));
    for (std::size_t i = 0; i < sizes.count; ++i) {
      gemm<real>(Transpose::no, Transpose::no, sizes.m, sizes.n, sizes.k,
                 a.data() + i * sizes.m * sizes.k, sizes.k, b.data() + i * sizes.k * sizes.n,
                 sizes.n, 0, y.data() + i * sizes.m * sizes.n, sizes.n);
    }
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const override {
    const Sizes sizes(*pass.operands[0], *pass.operands[1]);
    const Tensor a = broadcast_to(sizes.a, sizes.a_shape()),
                 b = broadcast_to(sizes.b, sizes.b_shape());
    Tensor da = empty(sizes.a_shape()), db = empty(sizes.b_shape());
    for (std::size_t i = 0; i < sizes.count; ++i) {
      const std::size_t at_a = i * sizes.m * sizes.k, at_b = i * sizes.k * sizes.n;
      const real* const dy = gradients[0].data() + i * sizes.m * sizes.n;
      if (pass.wanted[0]) {
        gemm<real>(Transpose::no, Transpose::yes, sizes.m, sizes.k, sizes.n, dy, sizes.n,
                   b.data() + at_b, sizes.n, 0, da.data() + at_a, sizes.k);
      }
      if (pass.wanted[1]) {
        gemm<real>(Transpose::yes, Transpose::no, sizes.k, sizes.n, sizes.m, a.data() + at_a,
                   sizes.k, dy, sizes.n, 0, db.data() + at_b, sizes.n);
      }
    }
    Tensors result(2);
    if (pass.wanted[0]) {
      result[0] = reshaped(sum_to(da, shape_of(sizes.a)), shape_of(*pass.operands[0]));
    }
    if (pass.wanted[1]) {
      result[1] = reshaped(sum_to(db, shape_of(sizes.b)), shape_of(*pass.operands[1]));
    }
    return result;
  }

 private:
  static Shape as_row(Shape shape) {
    if (shape.size() == 1) shape.insert(shape.begin(), 1);
    return shape;
  }
  static Shape as_column(Shape shape) {
    if (shape.size() == 1) shape.push_back(1);
    return shape;
  }
  static Shape stack(const Shape& shape) { return {shape.begin(), shape.end() - 2}; }

  struct Sizes {
    Sizes(const Tensor& x1, const Tensor& x2)
        : a(reshaped(x1, as_row(shape_of(x1)))),
          b(reshaped(x2, as_column(shape_of(x2)))),
          stacked(broadcast_shape(stack(shape_of(a)), stack(shape_of(b)))),
          count(size_of_axes(stacked, 0, stacked.size())),
          m(a.shape(a.dimension() - 2)),
          k(a.shape(a.dimension() - 1)),
          n(b.shape(b.dimension() - 1)) {}
    Shape a_shape() const { return with_matrix(m, k); }
    Shape b_shape() const { return with_matrix(k, n); }
    Tensor a, b;
    Shape stacked;
    std::size_t count, m, k, n;

   private:
    Shape with_matrix(std::size_t rows, std::size_t columns) const {
      Shape shape = stacked;
      shape.insert(shape.end(), {static_cast<Dim>(rows), static_cast<Dim>(columns)});
      return shape;
    }
  };
};

}  // namespace

void add_products(Catalogue& catalogue) {
  catalogue["Matmul"] = {
      "numpy", {"x1", "x2"}, {}, [](const Json&) { return std::make_unique<Matmul>(); }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
