#pragma once

#include <vector>

#include "../../../framework/base/json.hpp"
#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Whether an entry of a graph is a function of TensorFlow that Keras 2 wrapped in a layer:
/// TFOpLambda, SlicingOpLambda, TensorFlowOpLayer, ClassMethod.
bool is_tensorflow_operation(const Json& entry);

/// The entries of Keras 3 that compute the same. The last one has the old one's name. Throws
/// ValueError, naming layer and function, where there are none.
std::vector<Json> upgrade_tensorflow_operation(const Json& entry);

}  // namespace keratin::inline KERATIN_VARIANT::saving
