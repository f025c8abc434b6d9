#include <algorithm>
#include <numeric>
#include <optional>

#include <nlohmann/json.hpp>

#include "../../framework/axis_sizes.hpp"
#include "../../framework/base/error.hpp"
#include "selection.hpp"

// Functions that take some places of a tensor, or some twice: keras.ops.slice, pad, flip, tile...

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

/// An axis of `count` places times `times`. Throws ShapeError beyond what a tensor may have: the
/// numbers come from files.
std::vector<Dim> places_of(Dim count, Dim times = 1) {
  constexpr Dim most = Dim{1} << 26;
  if (count > most || times > most || count * times > most)
    throw ShapeError(concat("an axis of ", count, " x ", times, " places is too long"));
  return std::vector<Dim>(static_cast<std::size_t>(count * times));
}

std::vector<Dim> all_places(Dim size) {
  std::vector<Dim> places = places_of(size);
  std::iota(places.begin(), places.end(), Dim{0});
  return places;
}

/// keras.ops.slice(inputs, start_indices, shape)
class Slice final : public Selection {
 public:
  Slice(std::vector<Dim> start, std::vector<Dim> shape)
      : start_(std::move(start)), shape_(std::move(shape)) {
    if (start_.size() != shape_.size())
      throw ValueError("`start_indices` and `shape` must have the same length");
  }

 protected:
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    if (rank != start_.size())
      throw ShapeError(concat("`shape` has ", start_.size(), " axes for a tensor of ", rank));
    const Dim count = shape_[axis] == -1 ? size - start_[axis] : shape_[axis];
    if (start_[axis] < 0 || count < 0 || count > size - start_[axis]) {
      throw ShapeError(concat("places ", start_[axis], " to ", start_[axis] + count, " of axis ",
                              axis, " are not in a tensor with ", size));
    }
    std::vector<Dim> places = all_places(count);
    for (Dim& place : places) place += start_[axis];
    return places;
  }
  Dim length(std::size_t axis, Dim size, std::size_t rank) const override {
    if (size == unknown && axis < shape_.size() && shape_[axis] != -1) return shape_[axis];
    return Selection::length(axis, size, rank);
  }

 private:
  std::vector<Dim> start_, shape_;
};

/// keras.ops.flip
class Flip final : public Selection {
 public:
  explicit Flip(std::vector<Dim> axes) : axes_(std::move(axes)) {}

 protected:
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    std::vector<Dim> places = all_places(size);
    bool turned = axes_.empty();
    for (const Dim one : axes_) turned = turned || normalized_axis(one, rank, "Flip") == axis;
    if (turned) std::ranges::reverse(places);
    return places;
  }

 private:
  std::vector<Dim> axes_;
};

/// keras.ops.roll
class Roll final : public Selection {
 public:
  Roll(std::vector<Dim> shift, std::vector<Dim> axes)
      : shift_(std::move(shift)), axes_(std::move(axes)) {
    if (axes_.empty()) throw ValueError("`axis`=None is not supported");
    if (shift_.size() != axes_.size())
      throw ValueError("`shift` and `axis` must have the same length");
  }

 protected:
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    std::vector<Dim> places = all_places(size);
    if (size == 0) return places;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (normalized_axis(axes_[i], rank, "Roll") != axis) continue;
      const Dim by = (shift_[i] % size + size) % size;
      std::rotate(places.begin(), places.end() - by, places.end());
    }
    return places;
  }

 private:
  std::vector<Dim> shift_, axes_;
};

/// keras.ops.repeat: each place several times.
class Repeat final : public Selection {
 public:
  Repeat(Dim repeats, std::optional<Dim> axis) : repeats_(repeats), axis_(axis) {
    if (repeats_ < 0) throw ValueError(concat("`repeats` must not be negative: ", repeats_));
  }

 protected:
  Shape seen(const Shape& x) const override {
    if (axis_) return x;
    const bool known = std::ranges::find(x, unknown) == x.end();
    return {known ? static_cast<Dim>(size_of_axes(x, 0, x.size())) : unknown};
  }
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    if (axis_ && normalized_axis(*axis_, rank, "Repeat") != axis) return all_places(size);
    std::vector<Dim> places = places_of(size, repeats_);
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<Dim>(i) / repeats_;
    return places;
  }

 private:
  Dim repeats_;
  std::optional<Dim> axis_;
};

/// keras.ops.tile: each axis several times.
class Tile final : public Selection {
 public:
  explicit Tile(std::vector<Dim> repeats) : repeats_(std::move(repeats)) {
    if (std::ranges::any_of(repeats_, [](Dim count) { return count < 0; }))
      throw ValueError(concat("`repeats` must not be negative: ", repeats_));
  }

 protected:
  Shape seen(const Shape& x) const override {
    Shape shape = x;
    if (repeats_.size() > x.size()) shape.insert(shape.begin(), repeats_.size() - x.size(), 1);
    return shape;
  }
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    const std::size_t skipped = rank - repeats_.size();
    const Dim count = axis < skipped ? 1 : repeats_[axis - skipped];
    std::vector<Dim> places = places_of(size, count);
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<Dim>(i) % size;
    return places;
  }

 private:
  std::vector<Dim> repeats_;
};

/// keras.ops.pad
class Pad final : public Selection {
 public:
  explicit Pad(const Json& arguments)
      : mode_(argument(arguments, "mode", std::string("constant"))),
        value_(static_cast<real>(argument(arguments, "constant_values", 0.0))) {
    if (mode_ != "constant" && mode_ != "reflect" && mode_ != "symmetric" && mode_ != "edge")
      throw ValueError(concat("`mode` must be one of 'constant', 'edge', 'reflect', 'symmetric'. ",
                              "Received: mode=", mode_));
    const Json& widths = arguments.at("pad_width");
    if (widths.is_array() && !widths.empty() && widths[0].is_array()) {
      for (const Json& pair : widths)
        widths_.emplace_back(pair.at(0).get<Dim>(), pair.at(pair.size() - 1).get<Dim>());
    } else if (widths.is_array()) {
      widths_.emplace_back(widths.at(0).get<Dim>(), widths.at(widths.size() - 1).get<Dim>());
    } else {
      widths_.emplace_back(widths.get<Dim>(), widths.get<Dim>());
    }
    for (const auto& [before, behind] : widths_) {
      if (before < 0 || behind < 0)
        throw ValueError(concat("`pad_width` must not be negative: ", widths.dump()));
    }
  }

 protected:
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    if (widths_.size() != 1 && widths_.size() != rank)
      throw ShapeError(concat("`pad_width` has ", widths_.size(), " axes for a tensor of ", rank));
    const auto [before, behind] = widths_[widths_.size() == 1 ? 0 : axis];
    places_of(before);
    places_of(behind);
    std::vector<Dim> places = places_of(before + size + behind);
    for (std::size_t i = 0; i < places.size(); ++i)
      places[i] = place(static_cast<Dim>(i) - before, size);
    return places;
  }
  real fill() const override { return value_; }

 private:
  Dim place(Dim i, Dim size) const {
    if (i >= 0 && i < size) return i;
    if (mode_ == "constant") return nowhere;
    if (size == 0) throw ShapeError("Pad: an axis without places can't be continued");
    if (mode_ == "edge") return i < 0 ? 0 : size - 1;
    // Reflections repeat with this period; "reflect" does not repeat the edge.
    const Dim edge = mode_ == "reflect" ? 1 : 0, period = std::max<Dim>(1, 2 * (size - edge));
    const Dim phase = (i % period + period) % period;
    return phase < size ? phase : period - phase - (1 - edge);
  }
  std::string mode_;
  real value_;
  std::vector<std::pair<Dim, Dim>> widths_;
};

std::optional<Dim> axis_of(const Json& arguments) {
  if (!arguments.contains("axis") || arguments["axis"].is_null()) return {};
  return arguments["axis"].get<Dim>();
}

}  // namespace

void add_selections(Catalogue& catalogue) {
  catalogue["Slice"] = {"core", {"inputs"}, {"start_indices", "shape"}, [](const Json& arguments) {
                          return std::make_unique<Slice>(integers(arguments, "start_indices"),
                                                         integers(arguments, "shape"));
                        }};
  catalogue["Flip"] = {"numpy", {"x"}, {"axis"}, [](const Json& arguments) {
                         return std::make_unique<Flip>(integers(arguments, "axis"));
                       }};
  catalogue["Roll"] = {"numpy", {"x"}, {"shift", "axis"}, [](const Json& arguments) {
                         return std::make_unique<Roll>(integers(arguments, "shift"),
                                                       integers(arguments, "axis"));
                       }};
  catalogue["Repeat"] = {"numpy", {"x"}, {"repeats", "axis"}, [](const Json& arguments) {
                           return std::make_unique<Repeat>(arguments.at("repeats").get<Dim>(),
                                                           axis_of(arguments));
                         }};
  catalogue["Tile"] = {"numpy", {"x"}, {"repeats"}, [](const Json& arguments) {
                         return std::make_unique<Tile>(integers(arguments, "repeats"));
                       }};
  catalogue["Pad"] = {
      "numpy", {"x"}, {"pad_width", "mode", "constant_values"}, [](const Json& arguments) {
        return std::make_unique<Pad>(arguments);
      }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
