#pragma once

#include <cstddef>
#include <vector>

namespace keratin {

struct Point {
  double x = 0, y = 0;
};

/// A directed graph without circles, to be drawn in rows from the top: a call of a layer below
/// those whose outputs it takes.
struct LayeredGraph {
  struct Box {
    double width = 0, height = 0;
  };
  struct Edge {
    std::size_t from = 0, to = 0;
  };
  std::vector<Box> boxes;
  std::vector<Edge> edges;
};

struct LayeredLayout {
  /// The middle of each box.
  std::vector<Point> boxes;
  /// For each edge the points it goes through, from the lower side of a box to the upper side of
  /// another. Between two rows it passes no box.
  std::vector<std::vector<Point>> edges;
  double width = 0, height = 0;
};

/// Places boxes and edges (Sugiyama's method): rows by the longest path, long edges cut into one
/// piece for each row, the order within rows by the barycentres of the neighbours, the places by
/// least squares with that order kept. The same graph gives the same picture.
LayeredLayout layered_layout(const LayeredGraph& graph);

}  // namespace keratin
