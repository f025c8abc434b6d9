#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every optimizer that a Keras file may name.
template <>
Registry<optimizers::Optimizer>& Registry<optimizers::Optimizer>::instance() {
  static Registry registry;
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
