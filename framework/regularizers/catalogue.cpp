#include "l1_l2.hpp"
#include "orthogonal.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every regularizer that a Keras file may name.
template <>
Registry<const Regularizer>& Registry<const Regularizer>::instance() {
  using namespace regularizers;
  static Registry registry = std::move(Registry()
                                           .add<L1>({"l1"})
                                           .add<L2>({"l2"})
                                           .add<L1L2>({"l1_l2", "l1l2"})
                                           .add<OrthogonalRegularizer>({"orthogonal_regularizer"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
