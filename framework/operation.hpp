#pragma once

#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A node of a graph that Keras does not count among a model's layers (keras.Operation): it stands
/// in the config, and has no entry in files of weights.
class Operation : public Layer {
 public:
  using Layer::Layer;
};

}  // namespace keratin::inline KERATIN_VARIANT
