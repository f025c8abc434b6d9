#include "inception_resnet_v2.hpp"

#include "../layers/convolutional/conv.hpp"
#include "../layers/merging/concatenate.hpp"
#include "../layers/merging/scaled_add.hpp"
#include "../layers/pooling/pooling.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

SymbolicTensor conv(const SymbolicTensor& input, Dim filters, Extent<2> kernel_size,
                    Padding padding = Padding::same, Dim strides = 1,
                    const std::string& name = {}) {
  SymbolicTensor x = Conv2D({.filters = filters,
                             .kernel_size = kernel_size,
                             .strides = strides,
                             .padding = padding,
                             .use_bias = false},
                            {.name = name})(input);
  x = batch_normalization(x, {.axis = 3, .scale = false}, name.empty() ? name : name + "_bn");
  return activate(x, "relu", name.empty() ? name : name + "_ac");
}

SymbolicTensor halving_conv(const SymbolicTensor& x, Dim filters) {
  return conv(x, filters, 3, Padding::valid, 2);
}

SymbolicTensor halving_pool(const SymbolicTensor& x) {
  return MaxPooling2D({.pool_size = 3, .strides = 2})(x);
}

SymbolicTensor joined(const SymbolicTensors& branches, std::string name) {
  return Concatenate({.axis = channel_axis_or(3)}, {.name = std::move(name)})(branches);
}

/// 35 x 35.
SymbolicTensor add_mixed_5b(const SymbolicTensor& x) {
  const SymbolicTensor branch0 = conv(x, 96, 1);
  const SymbolicTensor branch1 = conv(conv(x, 48, 1), 64, 5);
  const SymbolicTensor branch2 = conv(conv(conv(x, 64, 1), 96, 3), 96, 3);
  const SymbolicTensor pooled =
      AveragePooling2D({.pool_size = 3, .strides = 1, .padding = Padding::same})(x);
  return joined({branch0, branch1, branch2, conv(pooled, 64, 1)}, "mixed_5b");
}

/// 35 x 35 to 17 x 17.
SymbolicTensor add_mixed_6a(const SymbolicTensor& x) {
  const SymbolicTensor branch0 = halving_conv(x, 384);
  const SymbolicTensor branch1 = halving_conv(conv(conv(x, 256, 1), 256, 3), 384);
  return joined({branch0, branch1, halving_pool(x)}, "mixed_6a");
}

/// 17 x 17 to 8 x 8.
SymbolicTensor add_mixed_7a(const SymbolicTensor& x) {
  const SymbolicTensor branch0 = halving_conv(conv(x, 256, 1), 384);
  const SymbolicTensor branch1 = halving_conv(conv(x, 256, 1), 288);
  const SymbolicTensor branch2 = halving_conv(conv(conv(x, 256, 1), 288, 3), 320);
  return joined({branch0, branch1, branch2, halving_pool(x)}, "mixed_7a");
}

SymbolicTensors branches_35(const SymbolicTensor& x) {
  const SymbolicTensor branch0 = conv(x, 32, 1);
  const SymbolicTensor branch1 = conv(conv(x, 32, 1), 32, 3);
  const SymbolicTensor branch2 = conv(conv(conv(x, 32, 1), 48, 3), 64, 3);
  return {branch0, branch1, branch2};
}

SymbolicTensors branches_17(const SymbolicTensor& x) {
  const SymbolicTensor branch0 = conv(x, 192, 1);
  const SymbolicTensor branch1 = conv(conv(conv(x, 128, 1), 160, {1, 7}), 192, {7, 1});
  return {branch0, branch1};
}

SymbolicTensors branches_8(const SymbolicTensor& x) {
  const SymbolicTensor branch0 = conv(x, 192, 1);
  const SymbolicTensor branch1 = conv(conv(conv(x, 192, 1), 224, {1, 3}), 256, {3, 1});
  return {branch0, branch1};
}

/// What the branches make of `x`, scaled, plus `x`.
SymbolicTensor add_residual(const SymbolicTensor& x, const SymbolicTensors& branches, double scale,
                            const std::string& name, bool is_active = true) {
  const SymbolicTensor mixed = joined(branches, name + "_mixed");
  const SymbolicTensor residual =
      Conv2D({.filters = channels_of(x), .kernel_size = 1, .padding = Padding::same},
             {.name = name + "_conv"})(mixed);
  const SymbolicTensor sum = ScaledAdd({.scale = scale})({x, residual});
  return is_active ? activate(sum, "relu", name + "_ac") : sum;
}

}  // namespace

Model InceptionResNetV2(const ApplicationOptions& options) {
  Application application("InceptionResNetV2", options);
  SymbolicTensor x = application.input(299, 75);
  x = halving_conv(x, 32);
  x = conv(x, 32, 3, Padding::valid);
  x = conv(x, 64, 3);
  x = halving_pool(x);
  x = conv(x, 80, 1, Padding::valid);
  x = conv(x, 192, 3, Padding::valid);
  x = halving_pool(x);
  x = add_mixed_5b(x);
  for (int i = 1; i <= 10; ++i) x = add_residual(x, branches_35(x), 0.17, concat("block35_", i));
  x = add_mixed_6a(x);
  for (int i = 1; i <= 20; ++i) x = add_residual(x, branches_17(x), 0.1, concat("block17_", i));
  x = add_mixed_7a(x);
  for (int i = 1; i <= 9; ++i) x = add_residual(x, branches_8(x), 0.2, concat("block8_", i));
  x = add_residual(x, branches_8(x), 1, "block8_10", false);
  x = conv(x, 1536, 1, Padding::same, 1, "conv_7b");
  return application.model(application.top(x, options.include_top), "inception_resnet_v2");
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
