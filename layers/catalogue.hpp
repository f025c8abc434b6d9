#pragma once

#include <string>
#include <vector>

#include "../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// The layer classes of a sub-folder of keras/src/layers, without aliases, as the catalogue lists
/// them.
struct LayerFolder {
  std::string name;
  std::vector<std::string> classes;
};

/// All of the library's layers, by folder; those that a program registers are not among them.
std::vector<LayerFolder> layer_folders();

}  // namespace keratin::inline KERATIN_VARIANT::layers
