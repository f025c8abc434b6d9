#pragma once

#include "../framework/register_object.hpp"
#include "losses/loss.hpp"
#include "metrics/metric.hpp"
#include "optimizers/optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT {

// As register_regularizer(), for what models are compiled with: a loss or metric that a file names
// and nobody registered is left out with a warning.

template <class Object>
void register_loss() {
  register_object<const Loss, Object>();
}
template <class Object>
void register_metric() {
  register_object<Metric, Object>();
}
template <class Object>
void register_optimizer() {
  register_object<optimizers::Optimizer, Object>();
}

}  // namespace keratin::inline KERATIN_VARIANT
