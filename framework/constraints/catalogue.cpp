#include "non_neg.hpp"
#include "norms.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every constraint that a Keras file may name; "maxnorm"... are Keras 1's names.
template <>
Registry<const Constraint>& Registry<const Constraint>::instance() {
  using namespace constraints;
  static Registry registry = std::move(Registry()
                                           .add<MaxNorm>({"max_norm", "maxnorm"})
                                           .add<MinMaxNorm>({"min_max_norm"})
                                           .add<NonNeg>({"non_neg", "nonneg"})
                                           .add<UnitNorm>({"unit_norm", "unitnorm"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
