#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {

struct Node;

/// A tensor that has a shape but no value yet, and remembers the call that will compute it
/// (KerasTensor).
class SymbolicTensor {
 public:
  SymbolicTensor(Shape shape, std::string dtype, std::shared_ptr<const Node> node,
                 std::size_t index)
      : shape_(std::move(shape)), dtype_(std::move(dtype)), node_(std::move(node)), index_(index) {}
  /// With the batch axis; `unknown` where a size is not fixed.
  const Shape& shape() const { return shape_; }
  const std::string& dtype() const { return dtype_; }
  const std::shared_ptr<const Node>& node() const { return node_; }
  std::size_t index() const { return index_; }

 private:
  Shape shape_;
  std::string dtype_;
  std::shared_ptr<const Node> node_;
  std::size_t index_;
};
using SymbolicTensors = std::vector<SymbolicTensor>;

/// A reference to a layer. Copies refer to the same layer, as Python variables do: calling two
/// copies shares the weights.
class LayerHandle {
 public:
  explicit LayerHandle(std::shared_ptr<Layer> layer) : layer_(std::move(layer)) {}

  /// Calls the layer in a graph, building it first if need be. Throws ShapeError where the input
  /// does not suit it, ValueError where it has several outputs: see call().
  SymbolicTensor operator()(const SymbolicTensor& input, CallOptions options = {}) const;
  /// The same for a layer that takes a list: Add()({a, b}).
  SymbolicTensor operator()(const SymbolicTensors& inputs, CallOptions options = {}) const;
  /// All outputs of a call on `inputs`, which are one list or, without `list`, separate arguments.
  SymbolicTensors call(const SymbolicTensors& inputs, CallOptions options = {},
                       bool list = false) const;
  /// Computes at once, in inference mode.
  Tensor operator()(const Tensor& input) const;

  Layer& operator*() const { return *layer_; }
  Layer* operator->() const { return layer_.get(); }
  const std::shared_ptr<Layer>& shared() const { return layer_; }

 protected:
  std::shared_ptr<Layer> layer_;
};

/// The name users write: `Dense({.units = 10})` makes a DenseLayer and refers to it.
template <std::derived_from<Layer> L>
class Handle : public LayerHandle {
 public:
  using Options = typename L::Options;
  explicit Handle(Options options = {}, LayerOptions common = {})
      : LayerHandle(std::make_shared<L>(std::move(options), std::move(common))) {}
  explicit Handle(std::shared_ptr<L> layer) : LayerHandle(std::move(layer)) {}
  L& operator*() const { return static_cast<L&>(*layer_); }
  L* operator->() const { return static_cast<L*>(layer_.get()); }
};

/// One call of a layer on symbolic tensors. Nodes point to their inputs, so a graph has no cycles.
struct Node {
  LayerHandle layer;
  SymbolicTensors inputs;
  CallOptions options;
  /// Whether the inputs were one list argument.
  bool list = false;
  Shapes output_shapes;
  /// Grows with each call made in this program: the order of a shared layer's calls.
  std::uint64_t number = 0;

  bool is_input() const { return inputs.empty(); }
};

/// Makes a node; `inputs` is empty for an input layer.
std::shared_ptr<const Node> make_node(LayerHandle layer, SymbolicTensors inputs,
                                      CallOptions options, bool list, Shapes output_shapes);

}  // namespace keratin::inline KERATIN_VARIANT
