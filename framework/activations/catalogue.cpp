#include "../activation.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every activation that a Keras file may name.
template <>
Registry<const Activation>& Registry<const Activation>::instance() {
  static Registry registry;
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
