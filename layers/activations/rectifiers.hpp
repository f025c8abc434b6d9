#pragma once

#include <optional>

#include "function_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ReLUOptions {
  /// None: no upper bound. At least 0.
  std::optional<double> max_value = {};
  double negative_slope = 0;
  double threshold = 0;
  void describe(Fields& fields);
};

/// max_value where x > max_value, x where threshold < x <= max_value, and
/// negative_slope (x - threshold) below (keras.layers.ReLU). Throws ValueError where an option is
/// negative.
class ReLULayer final : public FunctionLayer<ReLULayer, ReLUOptions> {
 public:
  static constexpr std::string_view keras_name = "ReLU";
  explicit ReLULayer(Options options = {}, LayerOptions common = {});
};
using ReLU = Handle<ReLULayer>;

struct LeakyReLUOptions {
  double negative_slope = 0.3;
  void describe(Fields& fields);
};

/// x where x > 0, negative_slope x elsewhere (keras.layers.LeakyReLU).
class LeakyReLULayer final : public FunctionLayer<LeakyReLULayer, LeakyReLUOptions> {
 public:
  static constexpr std::string_view keras_name = "LeakyReLU";
  explicit LeakyReLULayer(Options options = {}, LayerOptions common = {});
};
using LeakyReLU = Handle<LeakyReLULayer>;

struct ELUOptions {
  double alpha = 1;
  void describe(Fields& fields);
};

/// x where x > 0, alpha (exp(x) - 1) elsewhere (keras.layers.ELU).
class ELULayer final : public FunctionLayer<ELULayer, ELUOptions> {
 public:
  static constexpr std::string_view keras_name = "ELU";
  explicit ELULayer(Options options = {}, LayerOptions common = {});
  void write_config(Json& config) const override;
};
using ELU = Handle<ELULayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
