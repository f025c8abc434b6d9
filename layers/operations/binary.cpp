#include <cmath>

#include "../../framework/base/parallel.hpp"
#include "../../framework/broadcast.hpp"
#include "tensor_function.hpp"

// Functions of pairs of elements, with broadcasting: keras.ops.add, maximum, equal...

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

constexpr std::size_t grain = 4096;

enum class Result { same, floating, boolean };

struct Function {
  const char* name;
  Result result;
  real (*value)(real a, real b);
  /// The derivatives to a and to b, from a, b and y; null where they are zero.
  real (*to_a)(real a, real b, real y);
  real (*to_b)(real a, real b, real y);
};

class BinaryFunction final : public TensorFunction {
 public:
  explicit BinaryFunction(const Function& function) : function_(function) {}

  Shapes output_shapes(const Shapes& operands) const override {
    return {broadcast_shape(operands[0], operands[1])};
  }
  std::string output_dtype(const std::vector<std::string>& operands) const override {
    if (function_.result == Result::boolean) return "bool";
    return function_.result == Result::floating ? promoted_to_float(operands) : promoted(operands);
  }
  Tensors forward(TensorRefs operands) const override {
    const Shape shape = broadcast_shape(shape_of(*operands[0]), shape_of(*operands[1]));
    Tensor storage_a, storage_b;
    const Tensor& a = spread(*operands[0], shape, storage_a);
    const Tensor& b = spread(*operands[1], shape, storage_b);
    Tensors outputs;
    Tensor& y = outputs.emplace_back(empty(shape));
    parallel_for(y.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        y.data()[i] = function_.value(a.data()[i], b.data()[i]);
    });
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const override {
    const Tensor& y = *pass.outputs[0];
    const Shape shape = shape_of(y);
    Tensor storage_a, storage_b;
    const Tensor& a = spread(*pass.operands[0], shape, storage_a);
    const Tensor& b = spread(*pass.operands[1], shape, storage_b);
    Tensors result(2);
    for (std::size_t side = 0; side < 2; ++side) {
      if (!pass.wanted[side]) continue;
      const auto slope = side == 0 ? function_.to_a : function_.to_b;
      const Shape own = shape_of(*pass.operands[side]);
      if (!slope) {
        result[side] = zeros(own);
        continue;
      }
      Tensor products = empty(shape);
      parallel_for(y.size(), grain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          products.data()[i] =
              gradients[0].data()[i] * slope(a.data()[i], b.data()[i], y.data()[i]);
        }
      });
      result[side] = sum_to(products, own);
    }
    return result;
  }

 private:
  static const Tensor& spread(const Tensor& tensor, const Shape& shape, Tensor& storage) {
    if (shape_of(tensor) == shape) return tensor;
    storage = broadcast_to(tensor, shape);
    return storage;
  }
  Function function_;
};

constexpr auto one = [](real, real, real) -> real { return 1; };
constexpr auto minus_one = [](real, real, real) -> real { return -1; };

real floor_divided(real a, real b) { return std::floor(a / b); }
/// Python's %: the sign of b.
real remainder(real a, real b) { return a - std::floor(a / b) * b; }
real larger(real a, real b) { return a >= b || a != a ? a : b; }
real smaller(real a, real b) { return a <= b || a != a ? a : b; }

const Function functions[] = {
    {"Add", Result::same, [](real a, real b) { return a + b; }, one, one},
    {"Subtract", Result::same, [](real a, real b) { return a - b; }, one, minus_one},
    {"Multiply", Result::same, [](real a, real b) { return a * b; },
     [](real, real b, real) { return b; }, [](real a, real, real) { return a; }},
    {"Divide", Result::floating, [](real a, real b) { return a / b; },
     [](real, real b, real) { return 1 / b; }, [](real, real b, real y) { return -y / b; }},
    {"TrueDivide", Result::floating, [](real a, real b) { return a / b; },
     [](real, real b, real) { return 1 / b; }, [](real, real b, real y) { return -y / b; }},
    {"DivideNoNan", Result::floating, [](real a, real b) { return b == 0 ? real(0) : a / b; },
     [](real, real b, real) { return b == 0 ? real(0) : 1 / b; },
     [](real, real b, real y) { return b == 0 ? real(0) : -y / b; }},
    {"FloorDivide", Result::same, floor_divided, nullptr, nullptr},
    {"Mod", Result::same, remainder, one, [](real a, real b, real) { return -std::floor(a / b); }},
    {"Power", Result::same, [](real a, real b) { return std::pow(a, b); },
     [](real a, real b, real) { return b == 0 ? real(0) : b * std::pow(a, b - 1); },
     [](real a, real, real y) { return a > 0 ? y * std::log(a) : real(0); }},
    {"Maximum", Result::same, larger, [](real a, real b, real) -> real { return a >= b; },
     [](real a, real b, real) -> real { return a < b; }},
    {"Minimum", Result::same, smaller, [](real a, real b, real) -> real { return a <= b; },
     [](real a, real b, real) -> real { return a > b; }},
    {"Arctan2", Result::floating, [](real a, real b) { return std::atan2(a, b); },
     [](real a, real b, real) { return b / (a * a + b * b); },
     [](real a, real b, real) { return -a / (a * a + b * b); }},
    {"Logaddexp", Result::floating,
     [](real a, real b) { return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b))); },
     [](real a, real, real y) { return std::exp(a - y); },
     [](real, real b, real y) { return std::exp(b - y); }},
    {"Equal", Result::boolean, [](real a, real b) -> real { return a == b; }, nullptr, nullptr},
    {"NotEqual", Result::boolean, [](real a, real b) -> real { return a != b; }, nullptr, nullptr},
    {"Greater", Result::boolean, [](real a, real b) -> real { return a > b; }, nullptr, nullptr},
    {"GreaterEqual", Result::boolean, [](real a, real b) -> real { return a >= b; }, nullptr,
     nullptr},
    {"Less", Result::boolean, [](real a, real b) -> real { return a < b; }, nullptr, nullptr},
    {"LessEqual", Result::boolean, [](real a, real b) -> real { return a <= b; }, nullptr, nullptr},
    {"LogicalAnd", Result::boolean, [](real a, real b) -> real { return a != 0 && b != 0; },
     nullptr, nullptr},
    {"LogicalOr", Result::boolean, [](real a, real b) -> real { return a != 0 || b != 0; }, nullptr,
     nullptr},
    {"LogicalXor", Result::boolean, [](real a, real b) -> real { return (a != 0) != (b != 0); },
     nullptr, nullptr},
};

}  // namespace

void add_binary(Catalogue& catalogue) {
  for (const Function& function : functions) {
    catalogue[function.name] = {"numpy", {"x1", "x2"}, {}, [&function](const Json&) {
                                  return std::make_unique<BinaryFunction>(function);
                                }};
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
