#pragma once

#include <optional>
#include <string>

#include "../../framework/layer_argument.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct BidirectionalOptions {
  /// A recurrent layer; required. It is made anew from its config, as "forward_" and its name.
  LayerArgument layer = {};
  /// How the two outputs become one: "concat", "sum", "mul" or "ave"; none: they stay two.
  std::optional<std::string> merge_mode = "concat";
  /// None: made from the config of `layer`, as "backward_" and its name, with the other direction.
  LayerArgument backward_layer = {};
  void describe(Fields& fields);
};

/// A recurrent layer run over a sequence from both ends (keras.layers.Bidirectional).
///
/// Input and output as those of `layer`, the output of both directions merged; sequences of the
/// backward layer are turned around before. Initial states (keyword "initial_state") and last
/// states are those of the forward layer followed by those of the backward layer. Where sequences
/// are returned, masked steps give zeros. Throws ValueError where the two layers do not go
/// together.
class BidirectionalLayer final
    : public OptionsLayer<BidirectionalLayer, BidirectionalOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "Bidirectional";
  explicit BidirectionalLayer(Options options = {}, LayerOptions common = {});

  Layer& forward_layer() const { return *options_.layer; }
  Layer& backward_layer() const { return *options_.backward_layer; }

  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
  std::vector<Sublayer> sublayers() const override;

 private:
  /// What the two layers agree on, read off their configs.
  struct Flags {
    bool return_sequences, return_state;
    std::size_t time_axis;
  };

  void make_layers();
  void build_all(const Shapes& inputs) override;
  void write_build_config(Json& json) const override;
  /// The backward layer's output with the steps in the forward layer's order.
  Tensor turned(const Tensor& output) const;
  Tensor merged(const Tensor& forward, Tensor backward) const;
  /// Given both outputs in the forward layer's order, the gradients of both.
  std::array<Tensor, 2> merge_gradient(Tensor gradient, const Tensor& forward,
                                       const Tensor& backward) const;

  Flags flags_{};
};

using Bidirectional = Handle<BidirectionalLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
