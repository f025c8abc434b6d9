#include "pipeline.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/function.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// Layers as files have them.
struct LayerList {
  std::vector<LayerHandle> layers;
};

void to_json(Json& json, const LayerList& list) {
  json = Json::array();
  for (const LayerHandle& layer : list.layers) json.push_back(serialize(*layer));
}

void from_json(const Json& json, LayerList& list) {
  list.layers.clear();
  for (const Json& entry : json) {
    LayerHandle layer(deserialize<Layer>(entry));
    const Json build = entry.value("build_config", Json::object());
    if (build.contains("input_shape") && build["input_shape"].is_array())
      layer->build({build["input_shape"].get<ShapeJson>().value});
    list.layers.push_back(std::move(layer));
  }
}

}  // namespace

void PipelineOptions::describe(Fields& fields) {
  LayerList list{layers};
  fields("layers", list);
  layers = list.layers;
}

PipelineLayer::PipelineLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  if (options_.layers.empty()) refuse("`layers` must hold at least one layer. Received: layers=[]");
}

std::vector<Sublayer> PipelineLayer::sublayers() const {
  std::vector<Sublayer> named = numbered_sublayers(options_.layers);
  for (Sublayer& sublayer : named) sublayer.path = "_pipeline_" + sublayer.path;
  return named;
}

void PipelineLayer::build_weights(const Shape& input) {
  Shapes shapes{input};
  for (const LayerHandle& layer : options_.layers) {
    layer->build(shapes);
    shapes = layer->compute_output_shapes(shapes);
  }
}

Shape PipelineLayer::compute_output_shape(const Shape& input) const {
  Shapes shapes{input};
  for (const LayerHandle& layer : options_.layers) shapes = layer->compute_output_shapes(shapes);
  if (shapes.size() != 1)
    refuse("takes layers with one output. Received: ", shapes.size(), " outputs");
  return shapes[0];
}

Tensor PipelineLayer::forward(const Tensor& input, Context& context) const {
  const Tensor* value = &input;
  for (std::size_t i = 0; i < options_.layers.size(); ++i)
    value = &context.child(i).run(*options_.layers[i], *value);
  return *value;
}

Tensor PipelineLayer::backward(Tensor gradient, Context& context) const {
  for (std::size_t i = options_.layers.size(); i-- > 0;)
    gradient = context.child(i).run_backward(std::move(gradient));
  return gradient;
}

void PipelineLayer::write_config(Json& config) const {
  // Keras writes these and no more, in this order.
  Options options = options_;
  Fields fields = Fields::writer(config);
  options.describe(fields);
  config["name"] = name();
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
