#include "densenet.hpp"

#include <array>

#include "../layers/convolutional/conv.hpp"
#include "../layers/merging/concatenate.hpp"
#include "../layers/pooling/pooling.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

SymbolicTensor normalized_relu(const SymbolicTensor& x, const std::string& prefix) {
  const SymbolicTensor normalized =
      batch_normalization(x, {.axis = 3, .epsilon = 1.001e-5}, prefix + "bn");
  return activate(normalized, "relu", prefix + "relu");
}

SymbolicTensor add_layer(const SymbolicTensor& input, const std::string& name) {
  constexpr Dim growth = 32;
  SymbolicTensor x = normalized_relu(input, name + "_0_");
  x = Conv2D({.filters = 4 * growth, .kernel_size = 1, .use_bias = false},
             {.name = name + "_1_conv"})(x);
  x = normalized_relu(x, name + "_1_");
  x = Conv2D({.filters = growth, .kernel_size = 3, .padding = Padding::same, .use_bias = false},
             {.name = name + "_2_conv"})(x);
  return Concatenate({.axis = 3}, {.name = name + "_concat"})({input, x});
}

SymbolicTensor halve(SymbolicTensor x, const std::string& name) {
  x = normalized_relu(x, name + "_");
  x = Conv2D({.filters = channels_of(x) / 2, .kernel_size = 1, .use_bias = false},
             {.name = name + "_conv"})(x);
  return AveragePooling2D({.pool_size = 2, .strides = 2}, {.name = name + "_pool"})(x);
}

Model densenet(std::string_view network, const std::string& name, const std::array<int, 4>& blocks,
               const ApplicationOptions& options) {
  refuse_channels_first("DenseNet");
  Application application(network, options);
  SymbolicTensor x = application.input(224, 32);
  x = zero_pad(x, 3);
  x = Conv2D({.filters = 64, .kernel_size = 7, .strides = 2, .use_bias = false},
             {.name = "conv1_conv"})(x);
  x = normalized_relu(x, "conv1_");
  x = zero_pad(x, 1);
  x = MaxPooling2D({.pool_size = 3, .strides = 2}, {.name = "pool1"})(x);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i > 0) x = halve(x, concat("pool", i + 1));
    for (int k = 1; k <= blocks[i]; ++k) x = add_layer(x, concat("conv", i + 2, "_block", k));
  }
  x = normalized_relu(x, "");
  return application.model(application.top(x), name);
}

}  // namespace

Model DenseNet121(const ApplicationOptions& options) {
  return densenet("DenseNet121", "densenet121", {6, 12, 24, 16}, options);
}
Model DenseNet169(const ApplicationOptions& options) {
  return densenet("DenseNet169", "densenet169", {6, 12, 32, 32}, options);
}
Model DenseNet201(const ApplicationOptions& options) {
  return densenet("DenseNet201", "densenet201", {6, 12, 48, 32}, options);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
