#include "colours.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void check_channels(const Layer& layer, const ImageShape& shape, bool one_allowed) {
  if (shape.channels == 3 || (one_allowed && shape.channels == 1)) return;
  throw ShapeError(concat(layer.label(), ": Invalid channel size: expected 3 (RGB)",
                          one_allowed ? " or 1 (Grayscale)" : "",
                          ". Received: channels=", shape.channels));
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
