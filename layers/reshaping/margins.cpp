#include "margins.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "../../framework/base/parallel.hpp"
#include "../../framework/spatial.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// A small block within a large one of equal or larger size, both outer x 3 axes x inner.
struct Blocks {
  std::size_t outer = 1, inner = 1;
  std::array<std::size_t, 3> small{1, 1, 1}, large{1, 1, 1}, before{0, 0, 0};

  template <std::size_t Rank>
  Blocks(const Shape& small_shape, const Margins<Rank>& margins, DataFormat format) {
    const SpatialShape<Rank> shape(small_shape, format);
    const auto channels = static_cast<std::size_t>(shape.channels);
    outer = static_cast<std::size_t>(shape.batch);
    (format == DataFormat::channels_first ? outer : inner) *= channels;
    std::array<Dim, Rank> first, size;
    for (std::size_t i = 0; i < Rank; ++i) {
      first[i] = margins[i].before;
      size[i] = shape.size[i] + margins[i].before + margins[i].after;
    }
    small = three_axes(shape.size);
    large = three_axes(size);
    before = three_axes(first, 0);
  }

  /// Calls body(offset in the large block, offset in the small one, whether the small one has it)
  /// for all rows along the last axis.
  template <class Body>
  void each_row(const Body& body) const {
    const std::size_t rows = outer * large[0] * large[1];
    parallel_for(rows, 1 + 8192 / (1 + large[2] * inner), [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const std::size_t y = row % large[1] - before[1];  // wraps round in front of the block
        const std::size_t z = row / large[1] % large[0] - before[0];
        const std::size_t o = row / large[1] / large[0];
        const bool inside = y < small[1] && z < small[0];
        body(row * large[2] * inner, ((o * small[0] + z) * small[1] + y) * small[2] * inner,
             inside);
      }
    });
  }
};

}  // namespace

template <std::size_t Rank>
std::string Margins<Rank>::text() const {
  std::string all;
  for (const Ends& ends : ends_)
    all += (all.empty() ? "" : ", ") + concat("(", ends.before, ", ", ends.after, ")");
  return Rank == 1 ? all : "(" + all + ")";
}

template <std::size_t Rank>
void Margins<Rank>::check(const Layer& layer, std::string_view argument) const {
  constexpr std::array<std::string_view, 3> order{"1st", "2nd", "3rd"};
  for (std::size_t i = 0; i < Rank; ++i) {
    const std::string entry =
        Rank == 1 ? std::string(argument) : concat(order[i], " entry of ", argument);
    check_extent(layer, entry, Extent<2>(ends_[i].before, ends_[i].after), 0);
  }
}

template <std::size_t Rank>
void to_json(Json& json, const Margins<Rank>& margins) {
  json = Json::array();
  for (std::size_t i = 0; i < Rank; ++i)
    json.push_back(Json::array({margins[i].before, margins[i].after}));
  if (Rank == 1) json = Json(json[0]);
}

template <std::size_t Rank>
void from_json(const Json& json, Margins<Rank>& margins) {
  if (json.is_number()) {
    margins = Margins<Rank>(json.get<Dim>());
    return;
  }
  const Json axes = Rank == 1 && json.size() == 2 ? Json::array({json}) : json;
  if (axes.size() != Rank) throw ValueError(concat("expected ", Rank, " elements"));
  for (std::size_t i = 0; i < Rank; ++i) {
    const Json& axis = axes[i];
    if (!axis.is_number() && axis.size() != 2) throw ValueError("expected pairs of integers");
    margins[i] = axis.is_number()
                     ? typename Margins<Rank>::Ends{axis.get<Dim>(), axis.get<Dim>()}
                     : typename Margins<Rank>::Ends{axis[0].get<Dim>(), axis[1].get<Dim>()};
  }
}

template <std::size_t Rank>
Shape with_margins(const Shape& shape, const Margins<Rank>& margins, Dim sign, DataFormat format) {
  SpatialShape<Rank> result(shape, format);
  for (std::size_t i = 0; i < Rank; ++i) {
    if (result.size[i] != unknown) result.size[i] += sign * (margins[i].before + margins[i].after);
  }
  return result.shape(format);
}

template <std::size_t Rank>
Tensor add_margins(const Tensor& tensor, const Margins<Rank>& margins, DataFormat format) {
  const Blocks blocks(shape_of(tensor), margins, format);
  Tensor large = empty(with_margins(shape_of(tensor), margins, 1, format));
  const std::size_t length = blocks.small[2] * blocks.inner;
  const std::size_t before = blocks.before[2] * blocks.inner;
  const std::size_t row = blocks.large[2] * blocks.inner;
  blocks.each_row([&](std::size_t to, std::size_t from, bool inside) {
    real* y = large.data() + to;
    if (!inside) {
      std::fill_n(y, row, real{0});
      return;
    }
    std::fill_n(y, before, real{0});
    std::copy_n(tensor.data() + from, length, y + before);
    std::fill(y + before + length, y + row, real{0});
  });
  return large;
}

template <std::size_t Rank>
Tensor cut_margins(const Tensor& tensor, const Margins<Rank>& margins, DataFormat format) {
  Tensor small = empty(with_margins(shape_of(tensor), margins, -1, format));
  const Blocks blocks(shape_of(small), margins, format);
  const std::size_t before = blocks.before[2] * blocks.inner;
  blocks.each_row([&](std::size_t from, std::size_t to, bool inside) {
    if (inside)
      std::copy_n(tensor.data() + from + before, blocks.small[2] * blocks.inner, small.data() + to);
  });
  return small;
}

// Not the whole class: Clang 14 would instantiate the constructors of other ranks.
#define KERATIN_INSTANTIATE(Rank)                                                   \
  template std::string Margins<Rank>::text() const;                                 \
  template void Margins<Rank>::check(const Layer&, std::string_view) const;         \
  template void to_json(Json&, const Margins<Rank>&);                               \
  template void from_json(const Json&, Margins<Rank>&);                             \
  template Shape with_margins(const Shape&, const Margins<Rank>&, Dim, DataFormat); \
  template Tensor add_margins(const Tensor&, const Margins<Rank>&, DataFormat);     \
  template Tensor cut_margins(const Tensor&, const Margins<Rank>&, DataFormat);
KERATIN_INSTANTIATE(1)
KERATIN_INSTANTIATE(2)
KERATIN_INSTANTIATE(3)
#undef KERATIN_INSTANTIATE

}  // namespace keratin::inline KERATIN_VARIANT::layers
