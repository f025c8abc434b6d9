#include <algorithm>

#include <nlohmann/json.hpp>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/base/error.hpp"
#include "../../framework/layer.hpp"
#include "tensor_function.hpp"

// Several tensors to one and one to several: keras.ops.concatenate, stack, split, unstack.

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

/// Copies part `place` of axis `axis` of `whole` from `part`, or the other way.
template <class Whole, class Part, class Copy>
void copy_part(const AxisSizes& sizes, std::size_t first, std::size_t count, Whole* whole,
               Part* part, const Copy& copy) {
  const std::size_t width = count * sizes.inner;
  for (std::size_t o = 0; o < sizes.outer; ++o)
    copy(whole + (o * sizes.count + first) * sizes.inner, part + o * width, width);
}

void to_whole(const Tensor& part, std::size_t axis, std::size_t first, Tensor& whole) {
  const AxisSizes sizes(shape_of(whole), axis);
  copy_part(sizes, first, part.shape(axis), whole.data(), part.data(),
            [](real* w, const real* p, std::size_t width) { std::copy_n(p, width, w); });
}

Tensor part_of(const Tensor& whole, std::size_t axis, std::size_t first, std::size_t count) {
  Shape shape = shape_of(whole);
  const AxisSizes sizes(shape, axis);
  shape[axis] = static_cast<Dim>(count);
  Tensor part = empty(shape);
  copy_part(sizes, first, count, whole.data(), part.data(),
            [](const real* w, real* p, std::size_t width) { std::copy_n(w, width, p); });
  return part;
}

/// keras.ops.concatenate, and stack, which adds an axis first.
class Join final : public TensorFunction {
 public:
  Join(Dim axis, bool stacks) : axis_(axis), stacks_(stacks) {}

  Shapes output_shapes(const Shapes& operands) const override {
    if (operands.empty()) throw ShapeError("need at least one tensor");
    Shape result = seen(operands[0]);
    const std::size_t axis = place(operands[0].size());
    for (std::size_t k = 1; k < operands.size(); ++k) {
      const Shape other = operands[k].size() == operands[0].size() ? seen(operands[k]) : Shape();
      bool fits = other.size() == result.size();
      for (std::size_t i = 0; fits && i < result.size(); ++i) {
        if (i == axis) continue;
        fits = other[i] == result[i] || other[i] == unknown || result[i] == unknown;
        if (result[i] == unknown) result[i] = other[i];
      }
      if (!fits) {
        throw ShapeError(concat("tensors must have matching shapes except along axis ", axis_,
                                ". Received: ", tuple_text(operands)));
      }
      result[axis] =
          result[axis] == unknown || other[axis] == unknown ? unknown : result[axis] + other[axis];
    }
    return {result};
  }
  Tensors forward(TensorRefs operands) const override {
    Shapes shapes;
    for (const Tensor* operand : operands) shapes.push_back(shape_of(*operand));
    Tensors outputs;
    Tensor& whole = outputs.emplace_back(empty(output_shapes(shapes)[0]));
    const std::size_t axis = place(shapes[0].size());
    std::size_t first = 0;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const Tensor part = reshaped(*operands[k], seen(shapes[k]));
      to_whole(part, axis, first, whole);
      first += part.shape(axis);
    }
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const override {
    Tensors result;
    std::size_t first = 0;
    for (const Tensor* operand : pass.operands) {
      const Shape shape = shape_of(*operand), part = seen(shape);
      const std::size_t axis = place(shape.size()), count = static_cast<std::size_t>(part[axis]);
      result.push_back(reshaped(part_of(gradients[0], axis, first, count), shape));
      first += count;
    }
    return result;
  }

 private:
  std::size_t place(std::size_t rank) const {
    return normalized_axis(axis_, rank + (stacks_ ? 1 : 0), stacks_ ? "Stack" : "Concatenate");
  }
  Shape seen(Shape shape) const {
    if (stacks_) shape.insert(shape.begin() + static_cast<Dim>(place(shape.size())), 1);
    return shape;
  }
  Dim axis_;
  bool stacks_;
};

/// keras.ops.split and unstack: parts of one axis, which unstack takes away.
class Split final : public TensorFunction {
 public:
  Split(Json sections, Dim axis, bool unstacks)
      : sections_(std::move(sections)), axis_(axis), unstacks_(unstacks) {
    if (sections_.is_array()) {
      sections_.get<std::vector<Dim>>();
    } else if (!sections_.is_null() && sections_.get<Dim>() < 1) {
      throw ValueError(
          concat("the number of parts must be positive. Received: ", sections_.dump()));
    }
  }

  Shapes output_shapes(const Shapes& operands) const override {
    const std::size_t axis = normalized_axis(axis_, operands[0].size(), "Split");
    Shapes shapes;
    for (const Dim count : counts(operands[0][axis])) {
      Shape& shape = shapes.emplace_back(operands[0]);
      if (unstacks_) {
        shape.erase(shape.begin() + static_cast<Dim>(axis));
      } else {
        shape[axis] = count;
      }
    }
    return shapes;
  }
  Tensors forward(TensorRefs operands) const override {
    const Tensor& x = *operands[0];
    const std::size_t axis = normalized_axis(axis_, x.dimension(), "Split");
    const Shapes shapes = output_shapes({shape_of(x)});
    const auto sizes = counts(static_cast<Dim>(x.shape(axis)));
    Tensors outputs;
    std::size_t first = 0;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      const auto count = static_cast<std::size_t>(sizes[k]);
      outputs.push_back(reshaped(part_of(x, axis, first, count), shapes[k]));
      first += count;
    }
    return outputs;
  }
  Tensors backward(const Pass& pass, Tensors gradients) const override {
    const Shape shape = shape_of(*pass.operands[0]);
    const std::size_t axis = normalized_axis(axis_, shape.size(), "Split");
    const auto sizes = counts(shape[axis]);
    Tensors result;
    Tensor& dx = result.emplace_back(empty(shape));
    std::size_t first = 0;
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      Shape part = shape;
      part[axis] = sizes[k];
      to_whole(reshaped(std::move(gradients[k]), part), axis, first, dx);
      first += static_cast<std::size_t>(sizes[k]);
    }
    return result;
  }

 private:
  /// How many places each part has of an axis of `size`.
  std::vector<Dim> counts(Dim size) const {
    constexpr Dim most = 65536;
    if (!sections_.is_array()) {
      const Dim parts = sections_.is_null() ? size : sections_.get<Dim>();
      if (parts == unknown || parts > most)
        throw ShapeError("the number of parts must be known, and below 65537");
      if (unstacks_ && size != unknown && size != parts)
        throw ShapeError(concat("an axis of ", size, " places can't be unstacked into ", parts));
      if (size != unknown && size % parts != 0) {
        throw ShapeError(concat("array split does not result in an equal division: ", size,
                                " places into ", parts, " parts"));
      }
      const Dim count = size == unknown ? unknown : size / parts;
      return std::vector<Dim>(static_cast<std::size_t>(parts), count);
    }
    std::vector<Dim> result;
    Dim before = 0;
    for (const Json& json : sections_) {
      const Dim at = json.get<Dim>();
      if (at < before || (size != unknown && at > size))
        throw ShapeError(concat("Split: the indices must grow and lie within the axis. Received: ",
                                sections_.dump()));
      result.push_back(at - before);
      before = at;
    }
    result.push_back(size == unknown ? unknown : size - before);
    return result;
  }

  Json sections_;
  Dim axis_;
  bool unstacks_;
};

}  // namespace

void add_joins(Catalogue& catalogue) {
  catalogue["Concatenate"] = {"numpy", {"xs*"}, {"axis"}, [](const Json& arguments) {
                                return std::make_unique<Join>(argument(arguments, "axis", Dim{0}),
                                                              false);
                              }};
  catalogue["Append"] = {"numpy", {"x1", "x2"}, {"axis"}, [](const Json& arguments) {
                           return std::make_unique<Join>(arguments.at("axis").get<Dim>(), false);
                         }};
  catalogue["Stack"] = {"numpy", {"x*"}, {"axis"}, [](const Json& arguments) {
                          return std::make_unique<Join>(argument(arguments, "axis", Dim{0}), true);
                        }};
  catalogue["Split"] = {"numpy", {"x"}, {"indices_or_sections", "axis"}, [](const Json& arguments) {
                          return std::make_unique<Split>(arguments.at("indices_or_sections"),
                                                         argument(arguments, "axis", Dim{0}),
                                                         false);
                        }};
  catalogue["Unstack"] = {"core", {"x"}, {"num", "axis"}, [](const Json& arguments) {
                            return std::make_unique<Split>(arguments.value("num", Json()),
                                                           argument(arguments, "axis", Dim{0}),
                                                           true);
                          }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
