#include <algorithm>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/base/error.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/layer.hpp"
#include "unary.hpp"

// Elements chosen by other elements: keras.ops.where, take, one_hot.

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

/// keras.ops.where(condition, x1, x2)
class Where final : public TensorFunction {
 public:
  Shapes output_shapes(const Shapes& operands) const override {
    if (operands.size() != 3)
      throw ValueError("`x1` and `x2` must be given: places are not listed");
    return {broadcast_shape(broadcast_shape(operands[0], operands[1]), operands[2])};
  }
  std::string output_dtype(const std::vector<std::string>& operands) const override {
    return promoted({operands.begin() + 1, operands.end()});
  }
  Tensors forward(TensorRefs operands) const override {
    Shapes shapes;
    for (const Tensor* operand : operands) shapes.push_back(shape_of(*operand));
    const Shape shape = output_shapes(shapes)[0];
    const Tensor condition = broadcast_to(*operands[0], shape),
                 a = broadcast_to(*operands[1], shape), b = broadcast_to(*operands[2], shape);
    Tensors outputs;
    Tensor& y = outputs.emplace_back(empty(shape));
    for (std::size_t i = 0; i < y.size(); ++i)
      y.data()[i] = condition.data()[i] != 0 ? a.data()[i] : b.data()[i];
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const override {
    const Tensor& dy = gradients[0];
    const Tensor condition = broadcast_to(*pass.operands[0], shape_of(dy));
    Tensors result;
    result.push_back(zeros(shape_of(*pass.operands[0])));
    for (const bool chosen : {true, false}) {
      Tensor part = dy;
      for (std::size_t i = 0; i < part.size(); ++i) {
        if ((condition.data()[i] != 0) != chosen) part.data()[i] = 0;
      }
      result.push_back(sum_to(part, shape_of(*pass.operands[chosen ? 1 : 2])));
    }
    return result;
  }
};

/// keras.ops.take: parts of x along an axis, or elements of all of it.
class Take final : public TensorFunction {
 public:
  explicit Take(std::optional<Dim> axis) : axis_(axis) {}

  Shapes output_shapes(const Shapes& operands) const override {
    if (!axis_) return {operands[1]};
    Shape shape = operands[0];
    const auto at = shape.erase(shape.begin() + static_cast<Dim>(place(shape)));
    shape.insert(at, operands[1].begin(), operands[1].end());
    return {shape};
  }
  std::string output_dtype(const std::vector<std::string>& operands) const override {
    return promoted({operands[0]});
  }
  Tensors forward(TensorRefs operands) const override {
    const Tensor& x = *operands[0];
    const Tensor& indices = *operands[1];
    Tensors outputs;
    Tensor& y = outputs.emplace_back(empty(output_shapes({shape_of(x), shape_of(indices)})[0]));
    for_parts(x, indices, [&](std::size_t in_x, std::size_t in_y, std::size_t size) {
      std::copy_n(x.data() + in_x, size, y.data() + in_y);
    });
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const override {
    Tensors result;
    Tensor& dx = result.emplace_back(zeros(shape_of(*pass.operands[0])));
    for_parts(dx, *pass.operands[1], [&](std::size_t in_x, std::size_t in_y, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) dx.data()[in_x + i] += gradients[0].data()[in_y + i];
    });
    result.push_back(zeros(shape_of(*pass.operands[1])));
    return result;
  }

 private:
  std::size_t place(const Shape& shape) const {
    return normalized_axis(*axis_, shape.size(), "Take");
  }
  template <class Body>
  void for_parts(const Tensor& x, const Tensor& indices, const Body& body) const {
    const Shape flat = {static_cast<Dim>(x.size())};
    const AxisSizes sizes = axis_ ? AxisSizes(shape_of(x), place(shape_of(x))) : AxisSizes(flat, 0);
    for (std::size_t o = 0; o < sizes.outer; ++o) {
      for (std::size_t i = 0; i < indices.size(); ++i) {
        double index{indices.data()[i]};
        if (index < 0) index += static_cast<double>(sizes.count);
        if (!(index >= 0 && index < static_cast<double>(sizes.count))) {
          throw ShapeError(concat("Take: index ", indices.data()[i],
                                  " is out of bounds for an axis of ", sizes.count));
        }
        body((o * sizes.count + static_cast<std::size_t>(index)) * sizes.inner,
             (o * indices.size() + i) * sizes.inner, sizes.inner);
      }
    }
  }
  std::optional<Dim> axis_;
};

/// keras.ops.one_hot: an axis of `classes` with a 1 at each integer's place.
class OneHot final : public Unary {
 public:
  OneHot(Dim classes, Dim axis, std::string dtype)
      : classes_(classes), axis_(axis), dtype_(std::move(dtype)) {
    if (classes_ < 1)
      throw ValueError(concat("`num_classes` must be positive. Received: num_classes=", classes_));
  }
  std::string output_dtype(const std::vector<std::string>&) const override {
    return dtype_.empty() ? "float32" : dtype_;
  }
  Shape output_shape(const Shape& x) const override {
    Shape shape = x;
    shape.insert(shape.begin() + static_cast<Dim>(place(x.size())), classes_);
    return shape;
  }
  Tensor compute(const Tensor& x) const override {
    Tensor y = zeros(output_shape(shape_of(x)));
    const AxisSizes sizes(shape_of(y), place(x.dimension()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double place{x.data()[i]};
      if (!(place >= 0 && place < static_cast<double>(classes_))) continue;
      const std::size_t outer = i / sizes.inner, inner = i % sizes.inner;
      y.data()[(outer * sizes.count + static_cast<std::size_t>(place)) * sizes.inner + inner] = 1;
    }
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor) const override {
    return zeros(shape_of(x));
  }

 private:
  std::size_t place(std::size_t rank) const { return normalized_axis(axis_, rank + 1, "OneHot"); }
  Dim classes_, axis_;
  std::string dtype_;
};

/// keras.ops.nn.normalize of order 2: x over its norm along an axis, or over epsilon if that is
/// larger.
class Normalize final : public Unary {
 public:
  explicit Normalize(const Json& arguments)
      : axis_(argument(arguments, "axis", Dim{-1})),
        epsilon_(argument(arguments, "epsilon", 1e-12)) {
    if (argument(arguments, "order", 2.0) != 2)
      throw ValueError(concat("`order` must be 2. Received: order=", arguments["order"].dump()));
  }
  Tensor compute(const Tensor& x) const override {
    Tensor y = x;
    for_columns(x, [&](std::size_t first, std::size_t step, std::size_t count) {
      const double norm = norm_at(x, first, step, count);
      for (std::size_t i = 0; i < count; ++i) {
        real& value = y.data()[first + i * step];
        value = static_cast<real>(double{value} / std::max(norm, epsilon_));
      }
    });
    return y;
  }
  Tensor gradient(const Tensor& x, const Tensor& y, Tensor dy) const override {
    for_columns(x, [&](std::size_t first, std::size_t step, std::size_t count) {
      const double norm = norm_at(x, first, step, count);
      double dot = 0;
      for (std::size_t i = 0; norm > epsilon_ && i < count; ++i)
        dot += double{y.data()[first + i * step]} * double{dy.data()[first + i * step]};
      for (std::size_t i = 0; i < count; ++i) {
        real& slope = dy.data()[first + i * step];
        slope = static_cast<real>((double{slope} - dot * double{y.data()[first + i * step]}) /
                                  std::max(norm, epsilon_));
      }
    });
    return dy;
  }

 private:
  template <class Body>
  void for_columns(const Tensor& x, const Body& body) const {
    const AxisSizes sizes(shape_of(x), normalized_axis(axis_, x.dimension(), "Normalize"));
    for (std::size_t o = 0; o < sizes.outer; ++o) {
      for (std::size_t i = 0; i < sizes.inner; ++i)
        body(o * sizes.count * sizes.inner + i, sizes.inner, sizes.count);
    }
  }
  static double norm_at(const Tensor& x, std::size_t first, std::size_t step, std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      sum += double{x.data()[first + i * step]} * double{x.data()[first + i * step]};
    return std::sqrt(sum);
  }
  Dim axis_;
  double epsilon_;
};

}  // namespace

void add_choices(Catalogue& catalogue) {
  catalogue["Where"] = {"numpy", {"condition", "x1", "x2"}, {}, [](const Json&) {
                          return std::make_unique<Where>();
                        }};
  catalogue["Take"] = {"numpy", {"x", "indices"}, {"axis", "mode"}, [](const Json& arguments) {
                         std::optional<Dim> axis;
                         if (arguments.contains("axis") && !arguments["axis"].is_null())
                           axis = arguments["axis"].get<Dim>();
                         return std::make_unique<Take>(axis);
                       }};
  catalogue["OneHot"] = {
      "nn", {"x"}, {"num_classes", "axis", "dtype", "sparse"}, [](const Json& arguments) {
        return std::make_unique<OneHot>(arguments.at("num_classes").get<Dim>(),
                                        argument(arguments, "axis", Dim{-1}),
                                        argument(arguments, "dtype", std::string()));
      }};
  catalogue["Normalize"] = {"nn", {"x"}, {"axis", "order", "epsilon"}, [](const Json& arguments) {
                              return std::make_unique<Normalize>(arguments);
                            }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
