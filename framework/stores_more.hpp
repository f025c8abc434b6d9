#pragma once

#include <vector>

#include "parameter.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// For a layer that Keras's files have weights for which belong to a layer within it.
class StoresMore {
 public:
  virtual ~StoresMore() = default;
  /// They come before the layer's own.
  virtual std::vector<Parameter*> also_stored() const = 0;
};

}  // namespace keratin::inline KERATIN_VARIANT
