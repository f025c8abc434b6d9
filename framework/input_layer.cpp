#include "input_layer.hpp"

#include "fields_impl.hpp"
#include "shape_json.hpp"

namespace keratin::inline KERATIN_VARIANT {

void InputOptions::describe(Fields& fields) {
  ShapeJson shape{batch_shape};
  fields("batch_shape", shape)("dtype", dtype)("sparse", sparse)("ragged", ragged)("name", name)(
      "optional", optional);
  batch_shape = shape.value;
}

InputLayer::InputLayer(InputOptions options)
    : Layer(keras_name, {.name = options.name, .dtype = options.dtype}),
      options_(std::move(options)) {
  options_.name = name();
  if (options_.batch_shape.empty()) refuse("needs a `shape` or `batch_shape`");
  for (const Dim dim : options_.batch_shape) {
    if (dim < 0 && dim != unknown)
      refuse("Invalid value for argument `batch_shape`. Received: ", options_.batch_shape);
  }
  if (options_.sparse) refuse("`sparse=True` is not supported; inputs are dense");
  if (options_.ragged) refuse("`ragged=True` is not supported; inputs are dense");
  build({options_.batch_shape});
}

std::shared_ptr<InputLayer> InputLayer::from_config(const Json& config) {
  InputOptions options;
  Fields fields = Fields::reader(config, layer_label(keras_name, config));
  options.describe(fields);
  fields.ignore("trainable");
  fields.finish(keras_name);
  return std::make_shared<InputLayer>(std::move(options));
}

Tensors InputLayer::forward_all(TensorRefs inputs, Context&) const { return {*inputs[0]}; }

Tensors InputLayer::backward_all(Tensors output_gradients, Context&) const {
  return output_gradients;
}

void InputLayer::write_config(Json& config) const {
  InputOptions options = options_;
  Fields fields = Fields::writer(config);
  options.describe(fields);
}

SymbolicTensor Input(const Shape& shape, InputOptions options) {
  if (options.batch_shape.empty()) {
    options.batch_shape = {unknown};
    options.batch_shape.insert(options.batch_shape.end(), shape.begin(), shape.end());
  }
  return input_tensor(std::make_shared<InputLayer>(std::move(options)));
}

SymbolicTensor input_tensor(const std::shared_ptr<InputLayer>& layer) {
  const auto node = make_node(LayerHandle(layer), {}, {}, false, {layer->batch_shape()});
  return {layer->batch_shape(), layer->output_dtype(0), node, 0};
}

}  // namespace keratin::inline KERATIN_VARIANT
