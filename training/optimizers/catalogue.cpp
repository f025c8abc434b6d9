#include "adafactor.hpp"
#include "adagrad.hpp"
#include "adam.hpp"
#include "loss_scale.hpp"
#include "muon.hpp"
#include "rmsprop.hpp"
#include "schedule_free.hpp"
#include "sgd.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every optimizer that a Keras file may name, with Keras's lower-case identifiers.
template <>
Registry<optimizers::Optimizer>& Registry<optimizers::Optimizer>::instance() {
  using namespace optimizers;
  static Registry registry = std::move(Registry()
                                           .add<SGD>({"sgd"})
                                           .add<RMSprop>({"rmsprop"})
                                           .add<Adam>({"adam"})
                                           .add<AdamW>({"adamw"})
                                           .add<Adamax>({"adamax"})
                                           .add<Nadam>({"nadam"})
                                           .add<Lamb>({"lamb"})
                                           .add<Adagrad>({"adagrad"})
                                           .add<Adadelta>({"adadelta"})
                                           .add<Ftrl>({"ftrl"})
                                           .add<Lion>({"lion"})
                                           .add<Adafactor>({"adafactor"})
                                           .add<Muon>({"muon"})
                                           .add<ScheduleFreeAdamW>({"schedulefreeadamw"})
                                           .add<LossScaleOptimizer>({"lossscaleoptimizer"}));
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
