#include "resnet.hpp"

#include <array>

#include "../layers/convolutional/conv.hpp"
#include "../layers/merging/elementwise.hpp"
#include "../layers/pooling/pooling.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

constexpr Normalized normalized = {.axis = 3, .epsilon = 1.001e-5};

SymbolicTensor conv(const SymbolicTensor& x, ConvOptions<2> options, std::string name) {
  return Conv2D(std::move(options), {.name = std::move(name)})(x);
}

SymbolicTensor normalized_relu(const SymbolicTensor& x, const std::string& prefix) {
  return activate(batch_normalization(x, normalized, prefix + "_bn"), "relu", prefix + "_relu");
}

SymbolicTensor block_v1(const SymbolicTensor& input, Dim filters, Dim strides, bool widens,
                        const std::string& name) {
  SymbolicTensor shortcut = input;
  if (widens) {
    shortcut = conv(input, {.filters = 4 * filters, .kernel_size = 1, .strides = strides},
                    name + "_0_conv");
    shortcut = batch_normalization(shortcut, normalized, name + "_0_bn");
  }
  SymbolicTensor x =
      conv(input, {.filters = filters, .kernel_size = 1, .strides = strides}, name + "_1_conv");
  x = normalized_relu(x, name + "_1");
  x = conv(x, {.filters = filters, .kernel_size = 3, .padding = Padding::same}, name + "_2_conv");
  x = normalized_relu(x, name + "_2");
  x = conv(x, {.filters = 4 * filters, .kernel_size = 1}, name + "_3_conv");
  x = batch_normalization(x, normalized, name + "_3_bn");
  x = Add({}, {.name = name + "_add"})({shortcut, x});
  return activate(x, "relu", name + "_out");
}

SymbolicTensor block_v2(const SymbolicTensor& input, Dim filters, Dim strides, bool widens,
                        const std::string& name) {
  const SymbolicTensor active = normalized_relu(input, name + "_preact");
  SymbolicTensor shortcut = input;
  if (widens) {
    shortcut = conv(active, {.filters = 4 * filters, .kernel_size = 1, .strides = strides},
                    name + "_0_conv");
  } else if (strides > 1) {
    shortcut = MaxPooling2D({.pool_size = 1, .strides = strides})(input);
  }
  SymbolicTensor x =
      conv(active, {.filters = filters, .kernel_size = 1, .use_bias = false}, name + "_1_conv");
  x = normalized_relu(x, name + "_1");
  x = zero_pad(x, 1, name + "_2_pad");
  x = conv(x, {.filters = filters, .kernel_size = 3, .strides = strides, .use_bias = false},
           name + "_2_conv");
  x = normalized_relu(x, name + "_2");
  x = conv(x, {.filters = 4 * filters, .kernel_size = 1}, name + "_3_conv");
  return Add({}, {.name = name + "_out"})({shortcut, x});
}

/// A stack halves the image in its first block (version 1) or in its last (version 2).
SymbolicTensor add_stack(SymbolicTensor x, int version, Dim filters, int blocks, Dim strides,
                         const std::string& name) {
  for (int i = 1; i <= blocks; ++i) {
    const std::string block = concat(name, "_block", i);
    x = version == 1 ? block_v1(x, filters, i == 1 ? strides : 1, i == 1, block)
                     : block_v2(x, filters, i == blocks ? strides : 1, i == 1, block);
  }
  return x;
}

Model resnet(std::string_view network, const std::string& name, int version,
             const std::array<int, 4>& blocks, const ApplicationOptions& options) {
  Application application(network, options);
  SymbolicTensor x = application.input(224, 32);
  x = zero_pad(x, 3, "conv1_pad");
  x = conv(x, {.filters = 64, .kernel_size = 7, .strides = 2}, "conv1_conv");
  if (version == 1) x = normalized_relu(x, "conv1");
  x = zero_pad(x, 1, "pool1_pad");
  x = MaxPooling2D({.pool_size = 3, .strides = 2}, {.name = "pool1_pool"})(x);
  constexpr std::size_t stacks = 4;
  for (std::size_t i = 0; i < stacks; ++i) {
    const bool keeps_size = i == (version == 1 ? 0 : stacks - 1);
    x = add_stack(x, version, Dim{64} << i, blocks[i], keeps_size ? 1 : 2, concat("conv", i + 2));
  }
  if (version == 2) x = normalized_relu(x, "post");
  return application.model(application.top(x), name);
}

}  // namespace

Model ResNet50(const ApplicationOptions& options) {
  return resnet("ResNet50", "resnet50", 1, {3, 4, 6, 3}, options);
}
Model ResNet101(const ApplicationOptions& options) {
  return resnet("ResNet101", "resnet101", 1, {3, 4, 23, 3}, options);
}
Model ResNet152(const ApplicationOptions& options) {
  return resnet("ResNet152", "resnet152", 1, {3, 8, 36, 3}, options);
}
Model ResNet50V2(const ApplicationOptions& options) {
  return resnet("ResNet50V2", "resnet50v2", 2, {3, 4, 6, 3}, options);
}
Model ResNet101V2(const ApplicationOptions& options) {
  return resnet("ResNet101V2", "resnet101v2", 2, {3, 4, 23, 3}, options);
}
Model ResNet152V2(const ApplicationOptions& options) {
  return resnet("ResNet152V2", "resnet152v2", 2, {3, 8, 36, 3}, options);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
