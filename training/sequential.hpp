#pragma once

#include <initializer_list>

#include "../framework/sequential_function.hpp"
#include "model.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Layers in a row (keras.Sequential).
class Sequential : public Model {
 public:
  /// A layer, a model, or Input({28, 28, 1}) at the front.
  struct Item {
    Item(LayerHandle handle) : layer(std::move(handle)) {}
    Item(const Model& model) : layer(model) {}
    Item(const SymbolicTensor& input) : layer(input.node()->layer) {}
    LayerHandle layer;
  };

  explicit Sequential(std::initializer_list<Item> items = {}, LayerOptions common = {});
  /// Throws ValueError where a layer of the same name is there.
  void add(const Item& item);
  /// Takes the last layer away.
  void pop();
  /// Creates the weights for inputs of this shape, batch axis included.
  void build(const Shape& batch_shape);

 private:
  SequentialFunction& sequential() const { return static_cast<SequentialFunction&>(*function_); }
};

}  // namespace keratin::inline KERATIN_VARIANT
