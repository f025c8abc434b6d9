#pragma once

#include <string>
#include <vector>

#include "../../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// A weight as a file has it: "dense_1/kernel:0", "dense_1_W".
struct StoredWeight {
  std::string name;
  Tensor value;
};

/// What a file has for one layer's own weights, in stored_order() of Keras 3 where the names tell,
/// otherwise in the file's order.
struct LayerWeights {
  const Layer* layer;
  std::vector<Tensor> values;
};

/// Deals the weights of a layer's group out to the layer and the layers within: by their names
/// where these tell them apart, otherwise by their places, those to train first. Layers whose
/// number of weights has changed since (LSTM had 12) get equal shares. Empty where the numbers do
/// not fit.
std::vector<LayerWeights> match_weights(const Layer& layer, std::vector<StoredWeight> stored);

}  // namespace keratin::inline KERATIN_VARIANT::saving
