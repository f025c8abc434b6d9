#pragma once

#include <vector>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A layer that makes one tensor of several, element by element. Inputs are broadcast as in Keras:
/// the batch axis stays, and where ranks differ axes of size 1 are added behind it. The
/// output's mask is 1 where that of any input is; there is none where an input has none.
class MergeLayer : public Layer {
 public:
  using Layer::Layer;

  Shapes compute_output_shapes(const Shapes& inputs) const final;
  Tensors forward_all(TensorRefs inputs, Context& context) const final;
  Tensors backward_all(Tensors output_gradients, Context& context) const final;

 protected:
  void build_all(const Shapes& inputs) final;
  /// Throws where the layer does not take so many inputs.
  virtual void check_count(const Shapes& inputs) const;
  /// Merges x, of as many elements as `sum`, into `sum`, which starts as the first input.
  virtual void merge(real* sum, const real* x, std::size_t count) const = 0;
  /// After the last of `inputs` inputs.
  virtual void finish(real* /*output*/, std::size_t /*count*/, std::size_t /*inputs*/) const {}
  /// The gradient of input i, before it is summed over what was broadcast. All of `inputs` and
  /// `output` have the shape of dy, which it may change.
  virtual void scale_gradient(std::size_t i, const std::vector<const real*>& inputs,
                              const real* output, real* dy, std::size_t count) const = 0;
  /// Whether scale_gradient() reads the inputs.
  virtual bool needs_inputs() const { return true; }
};

}  // namespace keratin::inline KERATIN_VARIANT::layers
