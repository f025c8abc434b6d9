#pragma once

#include <string>
#include <vector>

#include "../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// A public class of keras.layers that the registry does not have, and why.
struct MissingLayer {
  std::string name, reason;
};

/// All of them, in the order of the alphabet.
std::vector<MissingLayer> missing_layers();

}  // namespace keratin::inline KERATIN_VARIANT::layers
