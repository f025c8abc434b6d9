#include "../activation.hpp"
#include "glu.hpp"
#include "linear.hpp"
#include "piecewise.hpp"
#include "rectifiers.hpp"
#include "smooth.hpp"
#include "softmax.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Every activation function that a Keras file may name.
template <>
Registry<const ActivationFunction>& Registry<const ActivationFunction>::instance() {
  using namespace activations;
  static Registry registry = std::move(Registry()
                                           .add<Celu>()
                                           .add<Elu>()
                                           .add<Exponential>()
                                           .add<Gelu>()
                                           .add<Glu>()
                                           .add<HardShrink>()
                                           .add<HardSigmoid>()
                                           .add<HardSigmoidKeras2>()
                                           .add<HardSilu>({"hard_swish"})
                                           .add<HardTanh>()
                                           .add<LeakyRelu>()
                                           .add<Linear>()
                                           .add<LogSigmoid>()
                                           .add<LogSoftmax>()
                                           .add<Mish>()
                                           .add<Relu>()
                                           .add<Relu6>()
                                           .add<Selu>()
                                           .add<Sigmoid>()
                                           .add<Silu>({"swish"})
                                           .add<SoftShrink>()
                                           .add<Softmax>()
                                           .add<Softplus>()
                                           .add<Softsign>()
                                           .add<SparsePlus>()
                                           .add<SparseSigmoid>()
                                           .add<Sparsemax>()
                                           .add<Squareplus>()
                                           .add<Tanh>()
                                           .add<TanhShrink>()
                                           .add<Threshold>());
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
