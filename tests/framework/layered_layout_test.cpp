#include <cmath>

#include <doctest/doctest.h>

#include "../../framework/layered_layout.hpp"

using namespace keratin;

namespace {

LayeredGraph graph_of(std::size_t boxes, std::vector<LayeredGraph::Edge> edges) {
  LayeredGraph graph;
  for (std::size_t i = 0; i < boxes; ++i)
    graph.boxes.push_back(
        {80 + 10.0 * static_cast<double>(i % 4), 40 + 8.0 * static_cast<double>(i % 3)});
  graph.edges = std::move(edges);
  return graph;
}

/// Nothing overlaps, arrows point down and touch the boxes that they join, all is in the picture.
void check_is_readable(const LayeredGraph& graph) {
  const LayeredLayout layout = layered_layout(graph);
  REQUIRE(layout.boxes.size() == graph.boxes.size());
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    const Point& a = layout.boxes[i];
    CHECK(a.x - graph.boxes[i].width / 2 >= -1e-6);
    CHECK(a.x + graph.boxes[i].width / 2 <= layout.width + 1e-6);
    CHECK(a.y - graph.boxes[i].height / 2 >= -1e-6);
    CHECK(a.y + graph.boxes[i].height / 2 <= layout.height + 1e-6);
    for (std::size_t k = 0; k < i; ++k) {
      const Point& b = layout.boxes[k];
      const bool apart = std::abs(a.x - b.x) >= (graph.boxes[i].width + graph.boxes[k].width) / 2 ||
                         std::abs(a.y - b.y) >= (graph.boxes[i].height + graph.boxes[k].height) / 2;
      CHECK(apart);
    }
  }
  REQUIRE(layout.edges.size() == graph.edges.size());
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    const auto& points = layout.edges[e];
    const std::size_t from = graph.edges[e].from, to = graph.edges[e].to;
    CHECK(points.front().y == doctest::Approx(layout.boxes[from].y + graph.boxes[from].height / 2));
    CHECK(points.back().y == doctest::Approx(layout.boxes[to].y - graph.boxes[to].height / 2));
    for (std::size_t i = 1; i < points.size(); ++i) CHECK(points[i].y >= points[i - 1].y);
    // Where an edge passes a row, no box is in its way.
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (std::abs(points[i].x - points[i - 1].x) > 0.01) continue;
      for (std::size_t k = 0; k < layout.boxes.size(); ++k) {
        if (k == from || k == to) continue;
        const bool beside = std::abs(points[i].x - layout.boxes[k].x) > graph.boxes[k].width / 2;
        const bool above = points[i].y <= layout.boxes[k].y - graph.boxes[k].height / 2 + 0.01;
        const bool below = points[i - 1].y >= layout.boxes[k].y + graph.boxes[k].height / 2 - 0.01;
        const bool passes = beside || above || below;
        CHECK(passes);
      }
    }
  }
}

}  // namespace

TEST_CASE("Boxes in a row stand straight below each other") {
  const LayeredGraph graph = graph_of(4, {{0, 1}, {1, 2}, {2, 3}});
  check_is_readable(graph);
  const LayeredLayout layout = layered_layout(graph);
  for (const Point& box : layout.boxes) CHECK(box.x == doctest::Approx(layout.boxes[0].x));
}

TEST_CASE("Graphs of many forms are drawn readably") {
  check_is_readable(graph_of(1, {}));
  check_is_readable(graph_of(3, {}));
  // A connection past two layers, twice; two inputs; three outputs.
  check_is_readable(graph_of(7, {{0, 1}, {1, 2}, {2, 3}, {0, 3}, {3, 4}, {4, 5}, {5, 6}, {3, 6}}));
  check_is_readable(graph_of(5, {{0, 2}, {1, 2}, {2, 3}, {2, 4}}));
  check_is_readable(graph_of(6, {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}, {0, 5}, {1, 5}}));
  // The shape of a U.
  check_is_readable(graph_of(
      9, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {2, 5}, {5, 6}, {1, 6}, {6, 7}, {0, 7}, {7, 8}}));
  // A fan of branches of different lengths.
  std::vector<LayeredGraph::Edge> edges;
  for (std::size_t i = 1; i < 9; ++i) {
    edges.push_back({0, i});
    edges.push_back({i, 9 + i % 3});
    edges.push_back({9 + i % 3, 12});
  }
  check_is_readable(graph_of(13, edges));
}

TEST_CASE("Crossings that need not be are not drawn") {
  // Drawn in the order given, the two edges would cross.
  const LayeredLayout layout = layered_layout(graph_of(4, {{0, 3}, {1, 2}}));
  CHECK((layout.boxes[0].x < layout.boxes[1].x) == (layout.boxes[3].x < layout.boxes[2].x));
}
