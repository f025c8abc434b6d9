#include "sequential_function.hpp"

#include "base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {

SequentialFunction::SequentialFunction(std::vector<LayerHandle> layers, LayerOptions common)
    : Function(keras_name, std::move(common)) {
  for (LayerHandle& layer : layers) add(std::move(layer));
  if (!trainable()) set_trainable(false);
}

void SequentialFunction::add(LayerHandle layer) {
  for (const LayerHandle& other : layers_) {
    if (other->name() == layer->name()) {
      refuse("All layers added to a Sequential model should have unique names. Name '",
             layer->name(), "' is already the name of a layer in this model. Update the `name` ",
             "argument to pass a unique name.");
    }
  }
  if (auto input = std::dynamic_pointer_cast<InputLayer>(layer.shared())) {
    if (!layers_.empty() || input_) {
      refuse("has already been configured to use an input layer, or has layers: cannot add '",
             layer->name(), "' after them");
    }
    input_ = std::move(input);
  } else {
    layers_.push_back(std::move(layer));
  }
  rebuild();
}

void SequentialFunction::pop() {
  if (layers_.empty()) refuse("There are no layers in the model.");
  layers_.pop_back();
  rebuild();
}

void SequentialFunction::rebuild() {
  if (layers_.empty()) return;
  if (input_) {
    build_again({input_->batch_shape()});
  } else if (built()) {
    build_again(Shapes(build_shapes()));
  }
}

void SequentialFunction::build_all(const Shapes& input_shapes) {
  if (input_shapes.size() != 1) refuse("takes one input. Received: ", input_shapes.size());
  if (layers_.empty()) refuse("cannot be built because it has no layers. Call `model.add(layer)`.");
  // What is learnt from data says nothing of the size of other batches.
  Shape batch_shape = input_shapes[0];
  if (!batch_shape.empty()) batch_shape[0] = unknown;
  const SymbolicTensor input =
      input_ ? input_tensor(input_) : Input({}, {.batch_shape = std::move(batch_shape)});
  SymbolicTensor output = input;
  for (const LayerHandle& layer : layers_) {
    const SymbolicTensors results = layer.call({output});
    if (results.size() != 1) {
      refuse("All layers in a Sequential model should have a single output tensor. '",
             layer->name(), "' has ", results.size());
    }
    output = results[0];
  }
  set_graph(std::make_shared<const Graph>(SymbolicTensors{input}, SymbolicTensors{output}));
  if (when_built_) {
    when_built_();
    when_built_ = {};
  }
}

}  // namespace keratin::inline KERATIN_VARIANT
