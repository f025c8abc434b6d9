#pragma once

#include <string>
#include <vector>

#include "../../../framework/handle.hpp"
#include "feature.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct HashedCrossingOptions {
  /// How many bins there are; required.
  Dim num_bins = 0;
  /// "int": the bins' indices; "one_hot": vectors of them.
  std::string output_mode = "int";
  void describe(Fields& fields);
};

/// One of `num_bins` bins for each combination of features, by its hash
/// (keras.layers.HashedCrossing).
///
/// At least two inputs of whole numbers, all of the shape (), (batch) or (batch, 1); output the
/// same or, for "one_hot", (batch, num_bins). Texts, which tensors cannot hold, are given to
/// crossed(). Throws ValueError for other modes and without bins, ShapeError for other inputs.
class HashedCrossingLayer final
    : public OptionsLayer<HashedCrossingLayer, HashedCrossingOptions, Layer> {
 public:
  static constexpr std::string_view keras_name = "HashedCrossing";
  explicit HashedCrossingLayer(Options options = {}, LayerOptions common = {});

  /// What the layer makes of columns of features, each of the given shape.
  Tensor crossed(const std::vector<Features>& columns, const Shape& shape) const;

  std::string output_dtype(std::size_t i) const override;
  Shapes compute_output_shapes(const Shapes& inputs) const override;
  Tensors forward_all(TensorRefs inputs, Context& context) const override;
  Tensors backward_all(Tensors output_gradients, Context& context) const override;
  void write_config(Json& config) const override;
};

using HashedCrossing = Handle<HashedCrossingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
