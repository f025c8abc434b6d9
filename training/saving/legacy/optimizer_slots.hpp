#pragma once

#include <string>
#include <vector>

#include "../../optimizers/optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The state of an optimizer that Keras 1 or 2 stored under `names`, in the order of `wanted`:
/// iteration, learning rate, then the slots of each weight together. Old files have no learning
/// rate, sometimes no iteration, the first slots of all weights before the second ones, and
/// placeholders for a third. A state of Keras 3 stays as it is.
Tensors order_optimizer_state(const std::vector<std::string>& names, Tensors values,
                              const std::vector<optimizers::Optimizer::Variable>& wanted);

}  // namespace keratin::inline KERATIN_VARIANT::saving
