#pragma once

#include "../../framework/axes.hpp"
#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct DotOptions {
  /// The axis to sum over, of both inputs or of each; not the batch axis. Required.
  Axes axes = 0;
  /// Divides by the Euclidean norm along the axes first: cosine similarity.
  bool normalize = false;
  void describe(Fields& fields);
};

/// The products of two inputs, example by example, summed over an axis of each (keras.layers.Dot).
///
/// Inputs (batch, ...) of rank 2 or more whose axes are equally long; output (batch, the first's
/// other axes..., the second's other axes...), or (batch, 1) where there are none.
class DotLayer final : public OptionsLayer<DotLayer, DotOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "Dot";
  explicit DotLayer(Options options = {}, LayerOptions common = {});

  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;

 private:
  /// An input as (batch, places, elements along the axis).
  struct Operand;

  void build_all(const Shapes& inputs) override { check_shapes(inputs); }
  void check_shapes(const Shapes& inputs) const;
  std::size_t axis(std::size_t i, std::size_t rank) const;
  Operand operand(const Tensor& input, std::size_t i) const;
};

using Dot = Handle<DotLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
