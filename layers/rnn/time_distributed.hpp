#pragma once

#include "../../framework/layer_argument.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct TimeDistributedOptions {
  /// What is done at each step; required.
  LayerArgument layer = {};
  void describe(Fields& fields);
};

/// A layer applied to each step of a sequence (keras.layers.TimeDistributed). Input
/// (batch, steps, ...), output the same with what `layer` makes of (batch, ...); a mask
/// (batch, steps, ...) reaches the layer step by step, and goes on. Throws ValueError without a
/// layer, ShapeError where there are less than three axes or the mask does not fit.
///
/// All steps are one large batch where that makes no difference; layers that take statistics of
/// the batch or keep states see one step after the other.
class TimeDistributedLayer final
    : public OptionsLayer<TimeDistributedLayer, TimeDistributedOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "TimeDistributed";
  explicit TimeDistributedLayer(Options options = {}, LayerOptions common = {});

  Layer& layer() const { return *options_.layer; }
  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
  std::vector<Sublayer> sublayers() const override { return {{"layer", &layer()}}; }
  bool supports_masking() const override { return true; }

 private:
  void build_all(const Shapes& inputs) override;
  /// The shape of one step, without the axis of time.
  Shape step_shape(const Shape& sequence) const;
  void check_mask(const Tensor& input, const Tensor& mask) const;
};

using TimeDistributed = Handle<TimeDistributedLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
