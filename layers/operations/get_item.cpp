#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/layer.hpp"
#include "selection.hpp"

// x[key]: keras.ops' GetItem, Keras 2's SlicingOpLambda.

namespace keratin::inline KERATIN_VARIANT::layers::operations {
namespace {

/// One element of a key.
struct Index {
  enum Kind { slice, place, places, new_axis, rest } kind = slice;
  std::optional<Dim> start = {}, stop = {};
  Dim step = 1;
  std::vector<Dim> all = {};
};

std::optional<Dim> bound(const Json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return {};
  return found->get<Dim>();
}

Index index_of(const Json& json) {
  if (json.is_null()) return {.kind = Index::new_axis};
  if (json.is_number_integer()) return {.kind = Index::place, .start = json.get<Dim>()};
  if (json.is_array()) return {.kind = Index::places, .all = json.get<std::vector<Dim>>()};
  const std::string name = json.is_object() ? json.value("class_name", "") : "";
  if (name == "__ellipsis__" || json == "Ellipsis" || json == "...") return {.kind = Index::rest};
  if (name == "__slice__" || (json.is_object() && json.contains("start"))) {
    const Json& config = json.contains("config") ? json["config"] : json;
    const Index index{.start = bound(config, "start"),
                      .stop = bound(config, "stop"),
                      .step = bound(config, "step").value_or(1)};
    if (index.step == 0) throw ValueError("slice step cannot be zero");
    return index;
  }
  throw ValueError(concat("the index ", json.dump(), " is not supported"));
}

class GetItem final : public Selection {
 public:
  explicit GetItem(const Json& json) {
    const Json key = json.is_object() && json.value("class_name", "") == "__tuple__"
                         ? json.at("config").begin().value()
                         : json;
    for (const Json& item : key.is_array() ? key : Json::array({key}))
      key_.push_back(index_of(item));
    if (std::ranges::count(key_, Index::rest, &Index::kind) > 1)
      throw ValueError("an index can only have a single ellipsis ('...')");
    if (std::ranges::count(key_, Index::places, &Index::kind) > 1)
      throw ValueError("an index with several lists is not supported");
  }

 protected:
  std::vector<Dim> map(std::size_t axis, Dim size, std::size_t rank) const override {
    const Index index = of_axis(axis, rank);
    if (index.kind == Index::slice) return slice_places(index, size);
    std::vector<Dim> places = index.kind == Index::place ? std::vector{*index.start} : index.all;
    for (Dim& place : places) {
      if (place < -size || place >= size) {
        throw ShapeError(
            concat("index ", place, " is out of bounds for axis ", axis, " with size ", size));
      }
      if (place < 0) place += size;
    }
    return places;
  }
  Dim length(std::size_t axis, Dim size, std::size_t rank) const override {
    const Index index = of_axis(axis, rank);
    if (index.kind == Index::place) return 1;
    if (index.kind == Index::places) return static_cast<Dim>(index.all.size());
    return Selection::length(axis, size, rank);
  }
  Shape shown(const Shape& mapped) const override {
    Shape shape;
    std::size_t axis = 0;
    for (const Index& index : spelled_out(mapped.size())) {
      if (index.kind == Index::new_axis) {
        shape.push_back(1);
      } else {
        if (index.kind != Index::place) shape.push_back(mapped[axis]);
        ++axis;
      }
    }
    return shape;
  }

 private:
  /// The key with a slice for each axis that it leaves out.
  std::vector<Index> spelled_out(std::size_t rank) const {
    const auto named = static_cast<std::size_t>(std::ranges::count_if(key_, [](const Index& index) {
      return index.kind != Index::new_axis && index.kind != Index::rest;
    }));
    if (named > rank) {
      throw ShapeError(
          concat("too many indices: the tensor has ", rank, " axes, but ", named, " were indexed"));
    }
    std::vector<Index> full;
    bool has_rest = false;
    for (const Index& index : key_) {
      if (index.kind == Index::rest) {
        full.insert(full.end(), rank - named, Index{});
        has_rest = true;
      } else {
        full.push_back(index);
      }
    }
    if (!has_rest) full.insert(full.end(), rank - named, Index{});
    return full;
  }

  Index of_axis(std::size_t axis, std::size_t rank) const {
    auto full = spelled_out(rank);
    std::erase_if(full, [](const Index& index) { return index.kind == Index::new_axis; });
    return full[axis];
  }

  /// slice.indices(size)
  static std::vector<Dim> slice_places(const Index& index, Dim size) {
    const Dim low = index.step > 0 ? 0 : -1, high = index.step > 0 ? size : size - 1;
    const auto clamped = [&](std::optional<Dim> bound, Dim otherwise) {
      if (!bound) return otherwise;
      return std::clamp(*bound < 0 ? *bound + size : *bound, low, high);
    };
    const Dim start = clamped(index.start, index.step > 0 ? low : high);
    const Dim stop = clamped(index.stop, index.step > 0 ? high : low);
    const Dim step = std::clamp(index.step, -size - 1, size + 1);
    std::vector<Dim> places;
    for (Dim i = start; step > 0 ? i < stop : i > stop; i += step) places.push_back(i);
    return places;
  }

  std::vector<Index> key_;
};

}  // namespace

void add_get_item(Catalogue& catalogue) {
  catalogue["GetItem"] = {"numpy", {"x"}, {"key"}, [](const Json& arguments) {
                            return std::make_unique<GetItem>(arguments.at("key"));
                          }};
}

}  // namespace keratin::inline KERATIN_VARIANT::layers::operations
