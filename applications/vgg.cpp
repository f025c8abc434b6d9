#include "vgg.hpp"

#include "../layers/convolutional/conv.hpp"
#include "../layers/core/dense.hpp"
#include "../layers/pooling/pooling.hpp"
#include "../layers/reshaping/flatten.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

/// `late_convolutions` is how many the last three of the five blocks have each.
Model vgg(std::string_view network, const std::string& name, int late_convolutions,
          const ApplicationOptions& options) {
  Application application(network, options);
  SymbolicTensor x = application.input(224, 32);
  constexpr Dim filters[] = {64, 128, 256, 512, 512};
  for (int block = 1; block <= 5; ++block) {
    const std::string prefix = concat("block", block, "_");
    for (int i = 1; i <= (block < 3 ? 2 : late_convolutions); ++i) {
      x = Conv2D({.filters = filters[block - 1],
                  .kernel_size = 3,
                  .padding = Padding::same,
                  .activation = "relu"},
                 {.name = concat(prefix, "conv", i)})(x);
    }
    x = MaxPooling2D({.pool_size = 2, .strides = 2}, {.name = prefix + "pool"})(x);
  }
  if (!options.include_top) return application.model(application.pooled(x, false), name);
  x = Flatten({}, {.name = "flatten"})(x);
  x = Dense({.units = 4096, .activation = "relu"}, {.name = "fc1"})(x);
  x = Dense({.units = 4096, .activation = "relu"}, {.name = "fc2"})(x);
  x = Dense({.units = options.classes, .activation = application.classifier_activation()},
            {.name = "predictions"})(x);
  return application.model(x, name);
}

}  // namespace

Model VGG16(const ApplicationOptions& options) { return vgg("VGG16", "vgg16", 3, options); }
Model VGG19(const ApplicationOptions& options) { return vgg("VGG19", "vgg19", 4, options); }

}  // namespace keratin::inline KERATIN_VARIANT::applications
