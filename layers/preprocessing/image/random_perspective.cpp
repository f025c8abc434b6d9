#include "random_perspective.hpp"

#include <algorithm>
#include <cmath>

#include "../../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct Point {
  double x, y;
};
using Corners = std::array<Point, 4>;

/// The projection that reads the points `to` of the output from `from`: two equations for each, by
/// elimination.
Projection homography(const Corners& from, const Corners& to) {
  std::array<std::array<double, 9>, 8> rows;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto [x, y] = to[i];
    rows[2 * i] = {x, y, 1, 0, 0, 0, -from[i].x * x, -from[i].x * y, from[i].x};
    rows[2 * i + 1] = {0, 0, 0, x, y, 1, -from[i].y * x, -from[i].y * y, from[i].y};
  }
  for (std::size_t k = 0; k < 8; ++k) {
    const auto largest = std::max_element(
        rows.begin() + static_cast<std::ptrdiff_t>(k), rows.end(),
        [k](const auto& a, const auto& b) { return std::abs(a[k]) < std::abs(b[k]); });
    std::swap(rows[k], *largest);
    for (std::size_t i = 0; i < 8; ++i) {
      if (i == k) continue;
      const double factor = rows[i][k] / rows[k][k];
      for (std::size_t j = k; j < 9; ++j) rows[i][j] -= factor * rows[k][j];
    }
  }
  Projection solution;
  for (std::size_t k = 0; k < 8; ++k) solution[k] = rows[k][8] / rows[k][k];
  return solution;
}

}  // namespace

void RandomPerspectiveOptions::describe(Fields& fields) {
  describe_image(fields, data_format);
  fields("factor", factor)("scale", scale)("interpolation", interpolation)(
      "fill_value", fill_value)("seed", seed);
}

RandomPerspectiveLayer::RandomPerspectiveLayer(Options options, LayerOptions common)
    : ProjectedImage(std::move(options), std::move(common)) {
  probability_ = base_factor(*this, options_.factor, 0, 1);
  if (!(options_.scale >= 0 && options_.scale <= 1)) {
    refuse("The `scale` argument should be a number in the range [0,1]. Received: scale=",
           double{options_.scale});
  }
  sampling_ = sampling_named(*this, "constant", options_.interpolation, options_.fill_value);
}

std::vector<Projection> RandomPerspectiveLayer::projections(const ImageShape& shape,
                                                            const Random& random) const {
  if (shape.height < 2 || shape.width < 2) {
    throw ShapeError(concat(label(), ": images must be at least 2 pixels high and wide. Received: ",
                            "height=", shape.height, ", width=", shape.width));
  }
  const Draws draws(random, 10);
  const double right = static_cast<double>(shape.width) - 1;
  const double bottom = static_cast<double>(shape.height) - 1;
  const Corners corners{{{0, 0}, {right, 0}, {0, bottom}, {right, bottom}}};
  const Range shifts{-0.5 * options_.scale, 0.5 * options_.scale};
  std::vector<Projection> all;
  for (std::size_t i = 0; i < shape.batch; ++i) {
    if (draws(i, 1) >= probability_.at(draws(i, 0))) {
      all.push_back({1, 0, 0, 0, 1, 0, 0, 0});
      continue;
    }
    Corners moved = corners;
    for (std::size_t k = 0; k < 4; ++k) {
      moved[k].x *= 1 + shifts.at(draws(i, 2 + 2 * k));
      moved[k].y *= 1 + shifts.at(draws(i, 3 + 2 * k));
    }
    all.push_back(homography(corners, moved));
  }
  return all;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
