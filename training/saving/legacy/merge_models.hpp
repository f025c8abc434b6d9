#pragma once

#include "../../../framework/base/json.hpp"
#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Whether `entry` is a Sequential of Keras 1 whose first layer merges other models.
bool begins_with_merge(const Json& entry);

/// The same as a Functional: the merged models' layers, the merge, then the rest. Keras 1 stores
/// the weights of all of them side by side, too. Throws ValueError.
Json functional_of_merge(const Json& entry);

}  // namespace keratin::inline KERATIN_VARIANT::saving
