#pragma once

#include <vector>

#include "../../../framework/layer.hpp"
#include "origin.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Turns the own weights of `layer` as older versions stored them into today's: kernels in Theano's
/// order or for true convolution, gates in arrays of their own, CuDNN's forms of LSTM and GRU
/// (tf_keras.saving.legacy.hdf5_format.preprocess_weights_for_loading). What is in today's form
/// stays.
void convert_weights(const Layer& layer, std::vector<Tensor>& weights, const Origin& origin);

}  // namespace keratin::inline KERATIN_VARIANT::saving
