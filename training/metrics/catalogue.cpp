#include "metric.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every metric that a Keras file may name.
template <>
Registry<Metric>& Registry<Metric>::instance() {
  static Registry registry;
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
