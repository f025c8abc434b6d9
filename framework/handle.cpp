#include "handle.hpp"

#include <atomic>

#include "base/error.hpp"
#include "mask_inputs.hpp"
#include "shaped_by_call.hpp"

namespace keratin::inline KERATIN_VARIANT {

std::shared_ptr<const Node> make_node(LayerHandle layer, SymbolicTensors inputs,
                                      CallOptions options, bool list, Shapes output_shapes) {
  static std::atomic<std::uint64_t> count = 0;
  return std::make_shared<const Node>(Node{std::move(layer), std::move(inputs), std::move(options),
                                           list, std::move(output_shapes), count++});
}

SymbolicTensors LayerHandle::call(const SymbolicTensors& inputs, CallOptions options,
                                  bool list) const {
  Shapes shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!masked_input(options, i)) shapes.push_back(inputs[i].shape());
  }
  if (shapes.empty()) layer_->refuse("called without an input");
  const CallOptions call = without_masks(options);
  layer_->build(shapes_to_build(*layer_, shapes, call));
  layer_->check_inputs(shapes);
  Shapes output_shapes = output_shapes_of_call(*layer_, shapes, call);
  const auto node = make_node(*this, inputs, std::move(options), list, std::move(output_shapes));
  SymbolicTensors outputs;
  for (std::size_t i = 0; i < node->output_shapes.size(); ++i)
    outputs.emplace_back(node->output_shapes[i], layer_->output_dtype(i), node, i);
  return outputs;
}

namespace {

SymbolicTensor only(const Layer& layer, const SymbolicTensors& outputs) {
  if (outputs.size() != 1)
    layer.refuse("has ", outputs.size(), " outputs; use call() to get them all");
  return outputs[0];
}

}  // namespace

SymbolicTensor LayerHandle::operator()(const SymbolicTensor& input, CallOptions options) const {
  return only(*layer_, call({input}, std::move(options)));
}

SymbolicTensor LayerHandle::operator()(const SymbolicTensors& inputs, CallOptions options) const {
  return only(*layer_, call(inputs, std::move(options), true));
}

Tensor LayerHandle::operator()(const Tensor& input) const {
  layer_->build({shape_of(input)});
  Step step;
  Context context(step);
  context.run(*layer_, input);
  if (layer_->is_stateful()) step.commit();
  Tensors outputs = context.take_outputs();
  if (outputs.size() != 1) layer_->refuse("has ", outputs.size(), " outputs; use a Model");
  return std::move(outputs[0]);
}

}  // namespace keratin::inline KERATIN_VARIANT
