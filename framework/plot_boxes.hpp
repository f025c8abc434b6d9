#pragma once

// Private to the plot*.cpp files.

#include <memory>
#include <string>
#include <vector>

#include "plot.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What a picture says of one call of a layer.
struct PlotBox {
  std::string name;
  std::string class_name;
  /// "3x3, stride 2, same", "(None, 8, 8, 16)", "1,234 params"...
  std::vector<std::string> lines = {};
  /// For all there is to say.
  std::string config = {};
  bool is_input = false, has_weights = false, is_shared = false;
  /// The graph within a nested model that is drawn.
  std::shared_ptr<struct PlotGraph> inner = nullptr;
};

struct PlotGraph {
  std::string name;
  std::vector<PlotBox> boxes;
  struct Edge {
    std::size_t from, to;
  };
  std::vector<Edge> edges;
};

PlotGraph plot_graph(const Function& function, const PlotOptions& options);

}  // namespace keratin::inline KERATIN_VARIANT
