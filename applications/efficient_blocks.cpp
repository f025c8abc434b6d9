#include "efficient_blocks.hpp"

#include "../initializers/variance_scaling.hpp"
#include "../layers/convolutional/conv.hpp"
#include "../layers/core/dense.hpp"
#include "../layers/merging/elementwise.hpp"
#include "../layers/pooling/global_pooling.hpp"
#include "../layers/regularization/dropout.hpp"
#include "../layers/reshaping/reshape.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {

using namespace layers;

Spec<Initializer> efficient_initializer() {
  return initializers::VarianceScaling(
      {.scale = 2, .mode = "fan_out", .distribution = "truncated_normal"});
}

SymbolicTensor squeeze_and_excite(const SymbolicTensor& x, Dim reduced, const std::string& prefix) {
  const Dim channels = channels_of(x);
  SymbolicTensor factors = GlobalAveragePooling2D({}, {.name = prefix + "se_squeeze"})(x);
  const bool first = image_data_format() == DataFormat::channels_first;
  factors = Reshape({.target_shape = first ? Shape{channels, 1, 1} : Shape{1, 1, channels}},
                    {.name = prefix + "se_reshape"})(factors);
  factors = Conv2D({.filters = reduced,
                    .kernel_size = 1,
                    .padding = Padding::same,
                    .activation = "silu",
                    .kernel_initializer = efficient_initializer()},
                   {.name = prefix + "se_reduce"})(factors);
  factors = Conv2D({.filters = channels,
                    .kernel_size = 1,
                    .padding = Padding::same,
                    .activation = "sigmoid",
                    .kernel_initializer = efficient_initializer()},
                   {.name = prefix + "se_expand"})(factors);
  return Multiply({}, {.name = prefix + "se_excite"})({x, factors});
}

SymbolicTensor efficient_pointwise(const SymbolicTensor& x, Dim filters, std::string name) {
  return Conv2D({.filters = filters,
                 .kernel_size = 1,
                 .padding = Padding::same,
                 .use_bias = false,
                 .kernel_initializer = efficient_initializer()},
                {.name = std::move(name)})(x);
}

SymbolicTensor add_with_drop(const SymbolicTensor& x, const SymbolicTensor& input, double rate,
                             const std::string& prefix) {
  SymbolicTensor kept = x;
  if (rate > 0) {
    kept = Dropout({.rate = rate, .noise_shape = Shape{unknown, 1, 1, 1}},
                   {.name = prefix + "drop"})(x);
  }
  return Add({}, {.name = prefix + "add"})({kept, input});
}

SymbolicTensor efficient_top(const Application& application, const SymbolicTensor& features,
                             double dropout, const Spec<Initializer>& bias_initializer) {
  const ApplicationOptions& options = application.options();
  if (!options.include_top) return application.pooled(features);
  SymbolicTensor x = GlobalAveragePooling2D({}, {.name = "avg_pool"})(features);
  x = Dropout({.rate = dropout}, {.name = "top_dropout"})(x);
  return Dense({.units = options.classes,
                .activation = application.classifier_activation(),
                .kernel_initializer = initializers::VarianceScaling(
                    {.scale = 1.0 / 3, .mode = "fan_out", .distribution = "uniform"}),
                .bias_initializer = bias_initializer},
               {.name = "predictions"})(x);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
