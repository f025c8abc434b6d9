#include "rectifiers.hpp"

#include "../../framework/activations/rectifiers.hpp"
#include "../../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

void ReLUOptions::describe(Fields& fields) {
  fields("max_value", max_value)("negative_slope", negative_slope)("threshold", threshold);
}

ReLULayer::ReLULayer(Options options, LayerOptions common)
    : FunctionLayer(std::move(options), std::move(common)) {
  const auto check = [this](const char* argument, double value) {
    if (value < 0) {
      refuse(argument, " of a ReLU layer cannot be a negative value. Received: ", argument, "=",
             value);
    }
  };
  check("max_value", options_.max_value.value_or(0));
  check("negative_slope", options_.negative_slope);
  check("threshold", options_.threshold);
  function_ = activations::Relu({.negative_slope = options_.negative_slope,
                                 .max_value = options_.max_value,
                                 .threshold = options_.threshold});
}

void LeakyReLUOptions::describe(Fields& fields) {
  // The name of Keras 1 and 2.
  if (fields.reading()) fields("alpha", negative_slope);
  fields("negative_slope", negative_slope);
}

LeakyReLULayer::LeakyReLULayer(Options options, LayerOptions common)
    : FunctionLayer(std::move(options), std::move(common)) {
  function_ = activations::LeakyRelu({.negative_slope = options_.negative_slope});
}

void ELUOptions::describe(Fields& fields) { fields("alpha", alpha); }

ELULayer::ELULayer(Options options, LayerOptions common)
    : FunctionLayer(std::move(options), std::move(common)) {
  function_ = activations::Elu({.alpha = options_.alpha});
}

void ELULayer::write_config(Json& config) const {
  // Keras has alpha before what every layer has.
  config["name"] = name();
  config["alpha"] = options_.alpha;
  FunctionLayer::write_config(config);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
