#include "../framework/initializer.hpp"
#include "constant.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every initializer that a Keras file may name.
template <>
Registry<const Initializer>& Registry<const Initializer>::instance() {
  using namespace initializers;
  static Registry registry = std::move(Registry().add<Zeros>({"zeros"}).add<Ones>({"ones"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
