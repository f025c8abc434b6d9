#pragma once

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct ConcatenateOptions {
  /// Negative values count from the end.
  Dim axis = -1;
  void describe(Fields& fields);
};

/// The inputs one behind the other along `axis` (keras.layers.Concatenate). All other sizes must
/// be equal. Masks are joined alike, where an input has one.
class ConcatenateLayer final : public OptionsLayer<ConcatenateLayer, ConcatenateOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "Concatenate";
  using OptionsLayer::OptionsLayer;

  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
  std::shared_ptr<prepared::Operation> prepare(const Shapes& inputs) const override;

 private:
  void build_all(const Shapes& inputs) override { check_shapes(inputs); }
  void check_shapes(const Shapes& inputs) const;
  void merge_masks(Context& context) const;
};

using Concatenate = Handle<ConcatenateLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
