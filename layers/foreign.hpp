#pragma once

#include <map>
#include <string>

#include "../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// Adds the classes of keras.layers that cannot be here, each with the reason, a clause that
/// follows "which".
void add_refusals(std::map<std::string, std::string>& refusals);

}  // namespace keratin::inline KERATIN_VARIANT::layers
