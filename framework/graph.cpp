#include "graph.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "input_layer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// The steps of keras/src/ops/function.py:map_graph.
struct Graph::Sorter {
  Graph& graph;
  std::set<const Node*> entered = {};
  std::set<const Node*> inputs = {};
  std::map<const Layer*, std::size_t> traversal = {};
  std::vector<LayerHandle> met = {};

  void visit(const SymbolicTensor& unresolved) {
    const std::shared_ptr<const Node> node = graph.resolve(unresolved).node();
    if (!entered.insert(node.get()).second) return;
    if (traversal.try_emplace(&*node->layer, traversal.size()).second) met.push_back(node->layer);
    if (node->is_input() && !inputs.contains(node.get())) {
      throw ValueError(concat("`outputs` not connected to `inputs`: they depend on the input '",
                              node->layer->name(), "', which is not among them"));
    }
    for (const SymbolicTensor& input : node->inputs) visit(input);
    graph.nodes_.push_back(node);
  }

  /// A layer's depth is the longest way from it to an output.
  std::map<const Layer*, std::size_t> depths() const {
    std::map<const Node*, std::size_t> of_node;
    std::map<const Layer*, std::size_t> of_layer;
    for (auto node = graph.nodes_.rbegin(); node != graph.nodes_.rend(); ++node) {
      std::size_t& layer_depth = of_layer[&*(*node)->layer];
      const std::size_t depth = std::max(of_node[node->get()], layer_depth);
      layer_depth = depth;
      for (const SymbolicTensor& input : (*node)->inputs) {
        std::size_t& parent = of_node[graph.resolve(input).node().get()];
        parent = std::max(parent, depth + 1);
      }
    }
    return of_layer;
  }
};

Graph::Graph(SymbolicTensors inputs, SymbolicTensors outputs, std::vector<std::size_t> walk)
    : inputs_(std::move(inputs)), outputs_(std::move(outputs)) {
  if (inputs_.empty()) throw ValueError("A model needs at least one input.");
  if (outputs_.empty()) throw ValueError("A model needs at least one output.");
  Sorter sorter{*this};
  for (SymbolicTensor& input : inputs_) {
    if (!input.node()->is_input()) {
      const SymbolicTensor fresh =
          Input({}, {.batch_shape = input.shape(), .dtype = input.dtype()});
      replaced_.emplace(Source(input.node().get(), input.index()), fresh);
      input = fresh;
    }
    if (!sorter.inputs.insert(input.node().get()).second) {
      throw ValueError(concat("The list of inputs has '", input.node()->layer->name(), "' twice."));
    }
  }
  if (walk.empty()) {
    walk.resize(outputs_.size());
    std::iota(walk.begin(), walk.end(), std::size_t{0});
  }
  for (const std::size_t i : walk) sorter.visit(outputs_.at(i));
  // Inputs that no output depends on may still feed losses.
  for (const SymbolicTensor& input : inputs_) {
    if (!sorter.entered.contains(input.node().get())) {
      nodes_.push_back(input.node());
      sorter.met.insert(sorter.met.begin(), input.node()->layer);
    }
  }
  for (const auto& node : nodes_) nodes_of_[&*node->layer].push_back(node);
  for (auto& [layer, calls] : nodes_of_)
    std::ranges::sort(calls, {}, [](const auto& node) { return node->number; });
  auto depths = sorter.depths();
  layers_ = std::move(sorter.met);
  std::ranges::stable_sort(layers_, [&](const LayerHandle& a, const LayerHandle& b) {
    return depths[&*a] > depths[&*b];
  });
}

const std::vector<std::shared_ptr<const Node>>& Graph::nodes_of(const Layer& layer) const {
  static const std::vector<std::shared_ptr<const Node>> none;
  const auto found = nodes_of_.find(&layer);
  return found == nodes_of_.end() ? none : found->second;
}

const SymbolicTensor& Graph::resolve(const SymbolicTensor& tensor) const {
  const auto found = replaced_.find(Source(tensor.node().get(), tensor.index()));
  return found == replaced_.end() ? tensor : found->second;
}

}  // namespace keratin::inline KERATIN_VARIANT
