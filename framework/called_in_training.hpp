#pragma once

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Marks layers whose call has training=True as its default in Keras, which files then note of
/// every call.
class CalledInTraining {
 protected:
  ~CalledInTraining() = default;
};

}  // namespace keratin::inline KERATIN_VARIANT
