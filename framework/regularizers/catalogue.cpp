#include "../regularizer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every regularizer that a Keras file may name.
template <>
Registry<const Regularizer>& Registry<const Regularizer>::instance() {
  static Registry registry;
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
