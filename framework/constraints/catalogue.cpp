#include "../constraint.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every constraint that a Keras file may name.
template <>
Registry<const Constraint>& Registry<const Constraint>::instance() {
  static Registry registry;
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
