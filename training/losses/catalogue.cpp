#include "loss.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every loss that a Keras file may name.
template <>
Registry<const Loss>& Registry<const Loss>::instance() {
  static Registry registry;
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
