#include "../framework/input_layer.hpp"
#include "../framework/sequential_function.hpp"
#include "core/dense.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every layer that a Keras file may name.
template <>
Registry<Layer>& Registry<Layer>::instance() {
  using namespace layers;
  static Registry registry = std::move(Registry().add<InputLayer>().add<Function>({"Model"}).add<SequentialFunction>().add<DenseLayer>());
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
