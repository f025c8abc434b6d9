#pragma once

#include <optional>

#include "noise_layer.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct DropoutOptions {
  /// The share of the elements to drop, 0 to 1; required.
  double rate = 0;
  /// None: a new one for each layer.
  std::optional<Dim> seed = {};
  /// The shape of what is drawn, broadcast to the input: `unknown` for a size of the input's, 1
  /// where one draw serves the whole axis. None: the input's shape.
  std::optional<Shape> noise_shape = {};
  void describe(Fields& fields);
};

/// In training, sets each element to 0 with probability `rate` and divides the others by
/// 1 - rate; otherwise the identity (keras.layers.Dropout; Srivastava et al., 2014). Any shape.
class DropoutLayer final : public OptionsLayer<DropoutLayer, DropoutOptions> {
 public:
  static constexpr std::string_view keras_name = "Dropout";
  explicit DropoutLayer(Options options = {}, LayerOptions common = {});

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;
  bool supports_masking() const override { return true; }

 private:
  std::uint64_t seed_;
};

using Dropout = Handle<DropoutLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
