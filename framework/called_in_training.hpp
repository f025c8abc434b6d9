#pragma once

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Marks layers whose call has training=True as its default in Keras, which files then say of every
/// call. It is not a wish of the model's author: such a layer follows the mode of the step.
class CalledInTraining {
 protected:
  ~CalledInTraining() = default;
};

}  // namespace keratin::inline KERATIN_VARIANT
