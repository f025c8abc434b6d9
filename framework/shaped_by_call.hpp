#pragma once

#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// For a layer whose calls differ by their keywords: what comes out, or what it is built for.
class ShapedByCall {
 public:
  virtual ~ShapedByCall() = default;
  /// Layer::compute_output_shapes() for a call with these keywords.
  virtual Shapes output_shapes_of_call(const Shapes& inputs, const CallOptions& call) const = 0;
  /// What Layer::build() is given for such a call: the shapes of those inputs that Keras builds
  /// for, in its order.
  virtual Shapes shapes_to_build(const Shapes& inputs, const CallOptions& /*call*/) const {
    return inputs;
  }
};

/// The shapes of the outputs of a call, for any layer.
Shapes output_shapes_of_call(const Layer& layer, const Shapes& inputs, const CallOptions& call);
/// What to build a layer for that is called so, for any layer.
Shapes shapes_to_build(const Layer& layer, const Shapes& inputs, const CallOptions& call);

}  // namespace keratin::inline KERATIN_VARIANT
