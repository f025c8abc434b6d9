#pragma once

#include <vector>

#include "../../framework/called_in_training.hpp"
#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct PipelineOptions {
  /// Called one after the other; required.
  std::vector<LayerHandle> layers = {};
  void describe(Fields& fields);
};

/// Several preprocessing layers as one (keras.layers.Pipeline): each gets what the one before it
/// gave. Shapes and weights are theirs. Throws ValueError without layers.
class PipelineLayer final : public OptionsLayer<PipelineLayer, PipelineOptions>,
                            public CalledInTraining {
 public:
  static constexpr std::string_view keras_name = "Pipeline";
  explicit PipelineLayer(Options options = {}, LayerOptions common = {});

  std::vector<Sublayer> sublayers() const override;
  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  void write_config(Json& config) const override;

 private:
  void build_weights(const Shape& input) override;
};

using Pipeline = Handle<PipelineLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
