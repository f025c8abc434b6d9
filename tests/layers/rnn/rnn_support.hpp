#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../../framework/function.hpp"
#include "../../../framework/input_layer.hpp"
#include "../../../framework/register_layer.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// Passes a sequence on with a mask: a step counts where its first element is above -0.3.
class MaskMaker final : public OptionsLayer<MaskMaker, NoOptions> {
 public:
  static constexpr std::string_view keras_name = "MaskMaker";
  using OptionsLayer::OptionsLayer;

  Tensor forward(const Tensor& input, Context& context) const override {
    Tensor mask = empty({static_cast<Dim>(input.shape(0)), static_cast<Dim>(input.shape(1))});
    const std::size_t row = mask.size() == 0 ? 0 : input.size() / mask.size();
    for (std::size_t i = 0; i < mask.size(); ++i)
      mask.data()[i] = input.data()[i * row] > real(-0.3) ? 1 : 0;
    context.set_output_mask(std::move(mask));
    return input;
  }
  Tensor backward(Tensor gradient, Context& /*context*/) const override { return gradient; }
};

/// `layer` behind a MaskMaker, as one layer for inputs of this shape.
inline LayerHandle behind_mask(const LayerHandle& layer, const Shape& shape) {
  register_layer<MaskMaker>();
  const SymbolicTensor input = Input({}, {.batch_shape = shape});
  const SymbolicTensors outputs = layer.call({Handle<MaskMaker>()(input)});
  return LayerHandle(std::make_shared<Function>(SymbolicTensors{input}, outputs));
}

/// What `layer` computes of `inputs`, with the given options of the call and mask.
inline Tensors computed(const LayerHandle& layer, const Tensors& inputs,
                        const Tensor* mask = nullptr, const CallOptions& call = {}) {
  Shapes shapes;
  std::vector<const Tensor*> refs;
  for (const Tensor& input : inputs) {
    shapes.push_back(shape_of(input));
    refs.push_back(&input);
  }
  layer->build(shapes);
  Step step;
  Context context(step);
  context.set_call(call);
  if (mask) context.set_masks({mask});
  context.run(*layer, refs);
  return context.take_outputs();
}

/// The keys of the layer's config, each with a space behind.
inline std::string config_keys(const LayerHandle& layer) {
  const Json config = layer->get_config();
  std::string keys;
  for (const auto& item : config.items()) keys += item.key() + " ";
  return keys;
}

/// Gives the weights of `layer` noise, and those of `copy` the same.
inline void set_same_noise(Layer& layer, Layer& copy) {
  std::uint64_t seed = 3;
  for (Parameter* weight : layer.weights())
    weight->assign(noise(shape_of(weight->value()), seed++, -0.7, 0.7));
  const auto from = layer.weights(), to = copy.weights();
  for (std::size_t i = 0; i < from.size(); ++i) to.at(i)->assign(from[i]->value());
}

}  // namespace keratin::inline KERATIN_VARIANT::testing
