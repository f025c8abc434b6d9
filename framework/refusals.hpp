#pragma once

#include <map>
#include <string>

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// The layer classes of Keras that cannot be here, each with the reason, a clause that follows
/// "which": what Registry<Layer> says when a file names one. The folder of the layers fills it; a
/// class that is registered all the same is made.
std::map<std::string, std::string>& layer_refusals();

}  // namespace keratin::inline KERATIN_VARIANT
