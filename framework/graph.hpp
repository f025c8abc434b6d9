#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "handle.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What lies between some inputs and some outputs, sorted.
class Graph {
 public:
  /// Throws ValueError where an output does not depend on the inputs alone, or an input is named
  /// twice. An input that is no Input() but a tensor within a larger graph gets an InputLayer of
  /// its own. The order of layers() follows from walking back from the outputs, in `walk` if given:
  /// Keras walks through a dictionary by its sorted keys.
  Graph(SymbolicTensors inputs, SymbolicTensors outputs, std::vector<std::size_t> walk = {});

  const SymbolicTensors& inputs() const { return inputs_; }
  const SymbolicTensors& outputs() const { return outputs_; }
  /// The calls in an order in which they can be made; input nodes are among them.
  const std::vector<std::shared_ptr<const Node>>& nodes() const { return nodes_; }
  /// The layers in the order of keras.Model.layers: by depth, then as met from the outputs.
  const std::vector<LayerHandle>& layers() const { return layers_; }
  /// The calls of `layer` within this graph, in the order in which they were made.
  const std::vector<std::shared_ptr<const Node>>& nodes_of(const Layer& layer) const;
  /// `tensor`, or the new input that takes its place in this graph.
  const SymbolicTensor& resolve(const SymbolicTensor& tensor) const;

 private:
  using Source = std::pair<const Node*, std::size_t>;
  struct Sorter;

  SymbolicTensors inputs_;
  SymbolicTensors outputs_;
  std::map<Source, SymbolicTensor> replaced_;
  std::vector<std::shared_ptr<const Node>> nodes_;
  std::vector<LayerHandle> layers_;
  std::map<const Layer*, std::vector<std::shared_ptr<const Node>>> nodes_of_;
};

}  // namespace keratin::inline KERATIN_VARIANT
