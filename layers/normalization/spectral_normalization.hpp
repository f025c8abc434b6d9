#pragma once

#include <memory>
#include <vector>

#include "../../framework/handle.hpp"
#include "../../framework/layer_argument.hpp"
#include "../../framework/stores_more.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct SpectralNormalizationOptions {
  /// A layer with a weight `kernel` or `embeddings`; required.
  LayerArgument layer = {};
  /// Steps of the power iteration for each training step.
  Dim power_iterations = 1;
  void describe(Fields& fields);
};

/// Divides the kernel of a layer by its largest singular value
/// (keras.layers.SpectralNormalization; Miyato et al., 2018).
///
/// In training the layer computes with kernel / sigma, which also becomes the kernel that the
/// optimizer then changes; sigma is what `power_iterations` steps of the power iteration find,
/// beginning with vector_u, which they replace. Gradients take sigma for a constant. A kernel of
/// zeros stays as it is. Otherwise the layer is called as it is. Input and output are the wrapped
/// layer's. Weights: the layer's, and vector_u (1, last size of the kernel), not trained. Throws
/// ValueError unless power_iterations is positive and the layer has such a weight.
class SpectralNormalizationLayer final
    : public OptionsLayer<SpectralNormalizationLayer, SpectralNormalizationOptions>,
      public StoresMore {
 public:
  static constexpr std::string_view keras_name = "SpectralNormalization";
  explicit SpectralNormalizationLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  std::vector<Sublayer> sublayers() const override;
  std::vector<Parameter*> also_stored() const override { return {kernel_}; }

 private:
  struct Trained;

  void build_weights(const Shape& input) override;
  Layer& layer() const { return *options_.layer; }
  std::shared_ptr<Layer> with_kernel(const Tensor& kernel) const;

  Parameter* kernel_ = nullptr;
  Parameter* vector_u_ = nullptr;
};

using SpectralNormalization = Handle<SpectralNormalizationLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers
