#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "check_layers.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// A case of a layer that is called with masks.
struct MaskedCase {
  LayerCase plain;
  /// The masks that come with the inputs; an empty one is none.
  Tensors masks = {};
  /// Inputs that are not drawn, by their number; gradients to them are skipped.
  std::map<std::size_t, Tensor> given = {};
};

/// check_layers() for such cases.
void check_masked_layers(const std::vector<MaskedCase>& cases);

}  // namespace keratin::inline KERATIN_VARIANT::testing
