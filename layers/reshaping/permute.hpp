#pragma once

#include <vector>

#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct PermuteOptions {
  /// Axis i of the output, counted from 1 behind the batch axis, is axis dims[i] of the input:
  /// a permutation of 1, 2, .... Required.
  std::vector<Dim> dims = {};
  void describe(Fields& fields);
};

/// Exchanges the axes behind the batch axis (keras.layers.Permute).
class PermuteLayer final : public OptionsLayer<PermuteLayer, PermuteOptions> {
 public:
  static constexpr std::string_view keras_name = "Permute";
  explicit PermuteLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  /// dims with the batch axis, and the way back.
  std::vector<std::size_t> order_, inverse_;
};

using Permute = Handle<PermuteLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
