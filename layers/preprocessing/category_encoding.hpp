#pragma once

#include "../../framework/handle.hpp"
#include "encoding.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct CategoryEncodingOptions {
  /// How many indices there are; required.
  Dim num_tokens = 0;
  Encoding output_mode = Encoding::multi_hot;
  void describe(Fields& fields);
};

/// Vectors of indices (keras.layers.CategoryEncoding).
///
/// Input (batch, n), indices from 0 to num_tokens - 1; output (batch, num_tokens), or with one_hot
/// (batch, n, num_tokens) unless n is 1. With output_mode count a second input, of the keyword
/// "count_weights" and the first one's shape, counts in place of 1. Throws ValueError for an index
/// out of range.
class CategoryEncodingLayer final
    : public OptionsLayer<CategoryEncodingLayer, CategoryEncodingOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "CategoryEncoding";
  explicit CategoryEncodingLayer(Options options = {}, LayerOptions common = {});

  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
};

using CategoryEncoding = Handle<CategoryEncodingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
