#include <nlohmann/json.hpp>

#include "../activation.hpp"
#include "glu.hpp"
#include "linear.hpp"
#include "piecewise.hpp"
#include "rectifiers.hpp"
#include "smooth.hpp"
#include "softmax.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// Activation layers that files have in the place of a function: {"class_name": "LeakyReLU",
/// "config": {"name": ..., "alpha": 0.2}}.
template <class Function>
Registry<const ActivationFunction>::Factory from_layer(std::vector<const char*> keys) {
  return [keys = std::move(keys)](const Json& layer) -> std::shared_ptr<const ActivationFunction> {
    Json config = Json::object();
    for (const char* key : keys) {
      if (layer.contains(key) && !layer[key].is_null()) config[key] = layer[key];
    }
    // Until Keras 3, LeakyReLU said `alpha`.
    if (config.contains("alpha") && keys[0] == std::string("negative_slope")) {
      config["negative_slope"] = config["alpha"];
      config.erase("alpha");
    }
    return Function::from_config(config);
  };
}

}  // namespace

/// Every activation function that a Keras file may name.
template <>
Registry<const ActivationFunction>& Registry<const ActivationFunction>::instance() {
  using namespace activations;
  static Registry registry = [] {
    Registry all = std::move(Registry()
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
    all.add("LeakyReLU", from_layer<LeakyRelu>({"negative_slope", "alpha"}));
    all.add("ReLU", from_layer<Relu>({"max_value", "negative_slope", "threshold"}));
    all.add("ELU", from_layer<Elu>({"alpha"}));
    all.add("Softmax", from_layer<Softmax>({"axis"}));
    return all;
  }();
  return registry;
}

}  // namespace keratin::inline KERATIN_VARIANT
