#pragma once

#include <vector>

#include "../../framework/axes.hpp"
#include "../../framework/handle.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct SoftmaxOptions {
  /// One axis, or several that share one sum. Negative values count from the end.
  Axes axis = -1;
  void describe(Fields& fields);
};

/// exp(x) / sum of exp(x) along the axes (keras.layers.Softmax).
///
/// A mask that comes with the input and can be broadcast to its shape takes what it masks out of
/// the sum; the output is 0 there.
class SoftmaxLayer final : public OptionsLayer<SoftmaxLayer, SoftmaxOptions> {
 public:
  static constexpr std::string_view keras_name = "Softmax";
  using OptionsLayer::OptionsLayer;

  bool is_built_when_made() const override { return true; }
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }
};

using Softmax = Handle<SoftmaxLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
