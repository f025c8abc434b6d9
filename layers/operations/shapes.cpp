#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

#include "../../framework/axes_last.hpp"
#include "../../framework/broadcast.hpp"
#include "../../framework/layer.hpp"
#include "unary.hpp"

// Functions that move elements without touching them: keras.ops.reshape, transpose, squeeze...

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

/// The same elements in the same order.
class Reshaping : public Unary {
 public:
  Tensor compute(const Tensor& x) const final { return reshaped(x, output_shape(shape_of(x))); }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const final {
    return reshaped(std::move(dy), shape_of(x));
  }
};

bool is_known(const Shape& shape) { return std::ranges::find(shape, unknown) == shape.end(); }

/// keras.ops.reshape: with the batch axis; -1 or null for one size that follows.
class Reshape final : public Reshaping {
 public:
  explicit Reshape(const Json& arguments) {
    const Json& list = arguments.at("newshape");
    for (const Json& size : list.is_array() ? list : Json::array({list}))
      shape_.push_back(size.is_null() ? unknown : size.get<Dim>());
    if (std::ranges::count(shape_, unknown) > 1 ||
        std::ranges::any_of(shape_, [](Dim size) { return size < unknown; })) {
      throw ValueError(
          concat("`newshape` must hold sizes, or -1 once. Received: newshape=", list.dump()));
    }
  }
  Shape output_shape(const Shape& x) const override {
    Shape shape = shape_;
    if (!is_known(x)) return shape;
    const auto open = std::ranges::find(shape, unknown);
    const auto size = static_cast<Dim>(size_of_axes(x, 0, x.size()));
    Dim known = 1;
    for (const Dim dim : shape) known *= dim == unknown ? 1 : dim;
    if (open != shape.end() ? known == 0 || size % known != 0 : known != size) {
      throw ShapeError(concat("The total size of the tensor must be unchanged. Received: ",
                              "input_shape=", tuple_text(x), ", newshape=", shape_));
    }
    if (open != shape.end()) *open = size / known;
    return shape;
  }

 private:
  Shape shape_;
};

class Ravel final : public Reshaping {
 public:
  Shape output_shape(const Shape& x) const override {
    return {is_known(x) ? static_cast<Dim>(size_of_axes(x, 0, x.size())) : unknown};
  }
};

class ExpandDims final : public Reshaping {
 public:
  explicit ExpandDims(std::vector<Dim> axes) : axes_(std::move(axes)) {}
  Shape output_shape(const Shape& x) const override {
    const std::size_t rank = x.size() + axes_.size();
    std::vector<bool> added(rank, false);
    for (const Dim axis : axes_) added[normalized_axis(axis, rank, "ExpandDims")] = true;
    if (static_cast<std::size_t>(std::ranges::count(added, true)) != axes_.size())
      throw ShapeError("ExpandDims: repeated axis");
    Shape shape;
    auto next = x.begin();
    for (std::size_t i = 0; i < rank; ++i) shape.push_back(added[i] ? 1 : *next++);
    return shape;
  }

 private:
  std::vector<Dim> axes_;
};

class Squeeze final : public Reshaping {
 public:
  explicit Squeeze(std::vector<Dim> axes) : axes_(std::move(axes)) {}
  Shape output_shape(const Shape& x) const override {
    std::vector<bool> gone(x.size(), false);
    for (std::size_t i = 0; axes_.empty() && i < x.size(); ++i) gone[i] = x[i] == 1;
    for (const Dim axis : axes_) {
      const std::size_t i = normalized_axis(axis, x.size(), "Squeeze");
      if (x[i] != 1 && x[i] != unknown) {
        throw ShapeError(concat("Cannot squeeze axis ", axis, ", because the dimension is not 1. ",
                                "Received: x.shape=", tuple_text(x)));
      }
      gone[i] = true;
    }
    Shape shape;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!gone[i]) shape.push_back(x[i]);
    }
    return shape;
  }

 private:
  std::vector<Dim> axes_;
};

/// Axes in another order.
class Permutation : public Unary {
 public:
  /// Axis i of the result is axis order(rank)[i].
  virtual std::vector<std::size_t> order(std::size_t rank) const = 0;

  Shape output_shape(const Shape& x) const final {
    Shape shape;
    for (const std::size_t axis : order(x.size())) shape.push_back(x[axis]);
    return shape;
  }
  Tensor compute(const Tensor& x) const final { return permuted(x, order(x.dimension())); }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const final {
    const auto axes = order(x.dimension());
    std::vector<std::size_t> inverse(axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i) inverse[axes[i]] = i;
    return permuted(dy, inverse);
  }
};

class Transpose final : public Permutation {
 public:
  explicit Transpose(std::vector<Dim> axes) : axes_(std::move(axes)) {}
  std::vector<std::size_t> order(std::size_t rank) const override {
    std::vector<std::size_t> order(rank);
    std::iota(order.rbegin(), order.rend(), std::size_t{0});
    if (axes_.empty()) return order;
    order.clear();
    for (const Dim axis : axes_) order.push_back(normalized_axis(axis, rank, "Transpose"));
    auto sorted = order;
    std::ranges::sort(sorted);
    if (order.size() != rank || std::ranges::adjacent_find(sorted) != sorted.end())
      throw ShapeError(concat("axes must be a permutation of ", rank, " axes. Received: ", axes_));
    return order;
  }

 private:
  std::vector<Dim> axes_;
};

class Swapaxes final : public Permutation {
 public:
  Swapaxes(Dim a, Dim b) : a_(a), b_(b) {}
  std::vector<std::size_t> order(std::size_t rank) const override {
    std::vector<std::size_t> order(rank);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::swap(order[normalized_axis(a_, rank, "Swapaxes")],
              order[normalized_axis(b_, rank, "Swapaxes")]);
    return order;
  }

 private:
  Dim a_, b_;
};

class Moveaxis final : public Permutation {
 public:
  Moveaxis(std::vector<Dim> source, std::vector<Dim> destination)
      : source_(std::move(source)), destination_(std::move(destination)) {
    if (source_.size() != destination_.size())
      throw ValueError("`source` and `destination` must have the same number of elements");
  }
  std::vector<std::size_t> order(std::size_t rank) const override {
    constexpr std::size_t open = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> order(rank, open);
    std::vector<bool> used(rank, false);
    for (std::size_t i = 0; i < source_.size(); ++i) {
      const std::size_t from = normalized_axis(source_[i], rank, "Moveaxis");
      std::size_t& place = order[normalized_axis(destination_[i], rank, "Moveaxis")];
      if (used[from] || place != open) throw ShapeError("Moveaxis: repeated axis");
      place = from;
      used[from] = true;
    }
    std::size_t next = 0;
    for (std::size_t& place : order) {
      if (place != open) continue;
      while (used[next]) ++next;
      place = next++;
    }
    return order;
  }

 private:
  std::vector<Dim> source_, destination_;
};

class BroadcastTo final : public Unary {
 public:
  explicit BroadcastTo(Shape shape) : shape_(std::move(shape)) {}
  Shape output_shape(const Shape& x) const override {
    broadcast_shape(x, shape_);
    return shape_;
  }
  Tensor compute(const Tensor& x) const override { return broadcast_to(x, shape_); }
  Tensor gradient(const Tensor& x, const Tensor&, Tensor dy) const override {
    return sum_to(dy, shape_of(x));
  }

 private:
  Shape shape_;
};

}  // namespace

void add_shapes(Catalogue& catalogue) {
  catalogue["Reshape"] = {"numpy", {"x"}, {"newshape"}, [](const Json& arguments) {
                            return std::make_unique<Reshape>(arguments);
                          }};
  catalogue["Ravel"] = {"numpy", {"x"}, {}, [](const Json&) { return std::make_unique<Ravel>(); }};
  catalogue["ExpandDims"] = {"numpy", {"x"}, {"axis"}, [](const Json& arguments) {
                               return std::make_unique<ExpandDims>(integers(arguments, "axis"));
                             }};
  catalogue["Squeeze"] = {"numpy", {"x"}, {"axis"}, [](const Json& arguments) {
                            return std::make_unique<Squeeze>(integers(arguments, "axis"));
                          }};
  catalogue["Transpose"] = {"numpy", {"x"}, {"axes"}, [](const Json& arguments) {
                              return std::make_unique<Transpose>(integers(arguments, "axes"));
                            }};
  catalogue["Swapaxes"] = {"numpy", {"x"}, {"axis1", "axis2"}, [](const Json& arguments) {
                             return std::make_unique<Swapaxes>(arguments.at("axis1").get<Dim>(),
                                                               arguments.at("axis2").get<Dim>());
                           }};
  catalogue["Moveaxis"] = {"numpy", {"x"}, {"source", "destination"}, [](const Json& arguments) {
                             return std::make_unique<Moveaxis>(integers(arguments, "source"),
                                                               integers(arguments, "destination"));
                           }};
  catalogue["BroadcastTo"] = {"numpy", {"x"}, {"shape"}, [](const Json& arguments) {
                                return std::make_unique<BroadcastTo>(integers(arguments, "shape"));
                              }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
