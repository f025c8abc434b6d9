#pragma once

#include <string>
#include <utility>
#include <vector>

#include "../../framework/io/zip.hpp"
#include "../../framework/layer.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The files that `layer` and the layers within keep beside the weights: members of an archive and
/// their contents.
std::vector<std::pair<std::string, std::string>> assets_of(const Layer& layer);

/// Gives `layer` and the layers within their files of `archive`.
void read_assets(Layer& layer, const io::Archive& archive);

}  // namespace keratin::inline KERATIN_VARIANT::saving
