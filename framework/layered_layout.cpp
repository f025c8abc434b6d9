#include "layered_layout.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace keratin {
namespace {

constexpr double gap_between_boxes = 28, gap_between_rows = 34, width_of_piece = 12;
constexpr int order_sweeps = 24, place_sweeps = 400;

/// A box, or the piece of a long edge that passes a row.
struct Item {
  double width = 0, height = 0;
  bool is_piece = false;
  std::size_t row = 0;
  double x = 0;
  std::vector<std::size_t> above, below;
};

class Layout {
 public:
  explicit Layout(const LayeredGraph& graph) : graph_(graph) {}

  LayeredLayout run() {
    assign_rows();
    cut_edges();
    order_rows();
    place();
    return result();
  }

 private:
  /// The longest path from the top; what has nothing above is moved down to what it feeds.
  void assign_rows() {
    const std::size_t count = graph_.boxes.size();
    std::vector<std::size_t> row(count, 0), waits(count, 0);
    std::vector<std::vector<std::size_t>> next(count);
    for (const LayeredGraph::Edge& edge : graph_.edges) {
      next[edge.from].push_back(edge.to);
      ++waits[edge.to];
    }
    const std::vector<std::size_t> fed = waits;
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i) {
      if (waits[i] == 0) ready.push_back(i);
    }
    for (std::size_t k = 0; k < ready.size(); ++k) {
      for (const std::size_t to : next[ready[k]]) {
        row[to] = std::max(row[to], row[ready[k]] + 1);
        if (--waits[to] == 0) ready.push_back(to);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (fed[i] != 0 || next[i].empty()) continue;
      std::size_t lowest = row[next[i][0]];
      for (const std::size_t to : next[i]) lowest = std::min(lowest, row[to]);
      row[i] = lowest - 1;
    }
    for (std::size_t i = 0; i < count; ++i) {
      items_.push_back({graph_.boxes[i].width, graph_.boxes[i].height, false, row[i], 0, {}, {}});
    }
  }

  void cut_edges() {
    for (const LayeredGraph::Edge& edge : graph_.edges) {
      std::vector<std::size_t> path{edge.from};
      for (std::size_t row = items_[edge.from].row + 1; row < items_[edge.to].row; ++row) {
        path.push_back(items_.size());
        items_.push_back({width_of_piece, 0, true, row, 0, {}, {}});
      }
      path.push_back(edge.to);
      for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        items_[path[i]].below.push_back(path[i + 1]);
        items_[path[i + 1]].above.push_back(path[i]);
      }
      paths_.push_back(std::move(path));
    }
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].row >= rows_.size()) rows_.resize(items_[i].row + 1);
      rows_[items_[i].row].push_back(i);
    }
  }

  void order_rows() {
    std::vector<std::vector<std::size_t>> best = rows_;
    std::size_t fewest = crossings();
    for (int sweep = 0; sweep < order_sweeps && fewest > 0; ++sweep) {
      const bool down = sweep % 2 == 0;
      for (std::size_t k = 1; k < rows_.size(); ++k) {
        order_row(down ? k : rows_.size() - 1 - k, down);
      }
      const std::size_t count = crossings();
      if (count < fewest) {
        fewest = count;
        best = rows_;
      }
    }
    rows_ = std::move(best);
  }

  std::vector<double> positions() const {
    std::vector<double> position(items_.size(), 0);
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) position[row[i]] = static_cast<double>(i);
    }
    return position;
  }

  void order_row(std::size_t row, bool down) {
    const std::vector<double> position = positions();
    std::vector<double> wanted(items_.size(), 0);
    for (const std::size_t item : rows_[row]) {
      const auto& neighbours = down ? items_[item].above : items_[item].below;
      wanted[item] = position[item];
      if (neighbours.empty()) continue;
      double sum = 0;
      for (const std::size_t neighbour : neighbours) sum += position[neighbour];
      wanted[item] = sum / static_cast<double>(neighbours.size());
    }
    std::ranges::stable_sort(rows_[row], {}, [&](std::size_t item) { return wanted[item]; });
  }

  std::size_t crossings() const {
    const std::vector<double> position = positions();
    std::size_t count = 0;
    for (const auto& row : rows_) {
      std::vector<std::pair<double, double>> edges;
      for (const std::size_t item : row) {
        for (const std::size_t below : items_[item].below)
          edges.emplace_back(position[item], position[below]);
      }
      for (std::size_t i = 0; i < edges.size(); ++i) {
        for (std::size_t k = i + 1; k < edges.size(); ++k) {
          count += (edges[i].first < edges[k].first && edges[i].second > edges[k].second) ||
                   (edges[i].first > edges[k].first && edges[i].second < edges[k].second);
        }
      }
    }
    return count;
  }

  /// How far apart the middles of neighbours in a row must be.
  double distance(std::size_t left, std::size_t right) const {
    return (items_[left].width + items_[right].width) / 2 + gap_between_boxes;
  }

  void place() {
    for (const auto& row : rows_) {
      double x = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i) x += distance(row[i - 1], row[i]);
        items_[row[i]].x = x;
      }
    }
    for (int sweep = 0; sweep < place_sweeps; ++sweep) {
      const bool down = sweep % 2 == 0;
      for (std::size_t k = 0; k < rows_.size(); ++k)
        place_row(rows_[down ? k : rows_.size() - 1 - k]);
    }
  }

  /// Each item as near to the mean of its neighbours as the order allows: the least squares, by
  /// merging neighbours that would overlap (pool adjacent violators).
  void place_row(const std::vector<std::size_t>& row) {
    struct Block {
      double sum, weight;
      std::size_t count;
      double mean() const { return sum / weight; }
    };
    std::vector<Block> blocks;
    std::vector<double> offset(row.size(), 0);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i) offset[i] = offset[i - 1] + distance(row[i - 1], row[i]);
      const auto [wanted, weight] = wish(row[i]);
      blocks.push_back({(wanted - offset[i]) * weight, weight, 1});
      while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
        const Block last = blocks.back();
        blocks.pop_back();
        blocks.back().sum += last.sum;
        blocks.back().weight += last.weight;
        blocks.back().count += last.count;
      }
    }
    std::size_t i = 0;
    for (const Block& block : blocks) {
      for (std::size_t k = 0; k < block.count; ++k, ++i)
        items_[row[i]].x = block.mean() + offset[i];
    }
  }

  /// Where an item would like to be, and how much. Pieces of an edge want to be in one line.
  std::pair<double, double> wish(std::size_t index) const {
    const Item& item = items_[index];
    double sum = 0, weight = 0;
    for (const auto* neighbours : {&item.above, &item.below}) {
      for (const std::size_t neighbour : *neighbours) {
        const double pull = item.is_piece && items_[neighbour].is_piece ? 8 : 1;
        sum += pull * items_[neighbour].x;
        weight += pull;
      }
    }
    return weight > 0 ? std::pair(sum / weight, weight) : std::pair(item.x, 0.1);
  }

  LayeredLayout result() {
    LayeredLayout layout;
    double left = 0, right = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      left =
          i ? std::min(left, items_[i].x - items_[i].width / 2) : items_[i].x - items_[i].width / 2;
      right = i ? std::max(right, items_[i].x + items_[i].width / 2)
                : items_[i].x + items_[i].width / 2;
    }
    std::vector<double> middle(rows_.size(), 0), half(rows_.size(), 0);
    double y = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      double height = 0;
      for (const std::size_t item : rows_[row]) height = std::max(height, items_[item].height);
      middle[row] = y + height / 2;
      half[row] = height / 2;
      y += height + gap_between_rows;
    }
    for (std::size_t i = 0; i < graph_.boxes.size(); ++i)
      layout.boxes.push_back({items_[i].x - left, middle[items_[i].row]});
    for (const auto& path : paths_) {
      std::vector<Point> points;
      for (std::size_t i = 0; i < path.size(); ++i) {
        const Item& item = items_[path[i]];
        const double x = item.x - left, top = middle[item.row] - half[item.row],
                     bottom = middle[item.row] + half[item.row];
        if (item.is_piece) {
          points.push_back({x, top});
          points.push_back({x, bottom});
        } else if (i == 0) {
          points.push_back({x, middle[item.row] + item.height / 2});
          if (item.height / 2 < half[item.row]) points.push_back({x, bottom});
        } else {
          if (item.height / 2 < half[item.row]) points.push_back({x, top});
          points.push_back({x, middle[item.row] - item.height / 2});
        }
      }
      layout.edges.push_back(std::move(points));
    }
    layout.width = right - left;
    layout.height = std::max(0.0, y - gap_between_rows);
    return layout;
  }

  const LayeredGraph& graph_;
  std::vector<Item> items_;  // the boxes, then the pieces of edges
  std::vector<std::vector<std::size_t>> paths_, rows_;
};

}  // namespace

LayeredLayout layered_layout(const LayeredGraph& graph) { return Layout(graph).run(); }

}  // namespace keratin
