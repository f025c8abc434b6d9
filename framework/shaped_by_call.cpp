#include "shaped_by_call.hpp"

namespace keratin::inline KERATIN_VARIANT {

Shapes output_shapes_of_call(const Layer& layer, const Shapes& inputs, const CallOptions& call) {
  const auto* shaped = dynamic_cast<const ShapedByCall*>(&layer);
  return shaped ? shaped->output_shapes_of_call(inputs, call) : layer.compute_output_shapes(inputs);
}

Shapes shapes_to_build(const Layer& layer, const Shapes& inputs, const CallOptions& call) {
  const auto* shaped = dynamic_cast<const ShapedByCall*>(&layer);
  return shaped ? shaped->shapes_to_build(inputs, call) : inputs;
}

}  // namespace keratin::inline KERATIN_VARIANT
