#include "xception.hpp"

#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/separable_conv.hpp"
#include "../layers/merging/elementwise.hpp"
#include "../layers/pooling/pooling.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

SymbolicTensor normalized_conv(SymbolicTensor x, Dim strides, Dim filters,
                               const std::string& name) {
  x = Conv2D({.filters = filters, .kernel_size = 3, .strides = strides, .use_bias = false},
             {.name = name})(x);
  x = batch_normalization(x, {}, name + "_bn");
  return activate(x, "relu", name + "_act");
}

SymbolicTensor normalized_separable_conv(SymbolicTensor x, Dim filters, const std::string& name) {
  x = SeparableConv2D(
      {.filters = filters, .kernel_size = 3, .padding = Padding::same, .use_bias = false},
      {.name = name})(x);
  return batch_normalization(x, {}, name + "_bn");
}

/// A block that halves the image; the shortcut is a convolution too.
SymbolicTensor add_halving_block(const SymbolicTensor& input, Dim middle, Dim filters, int number) {
  const std::string prefix = concat("block", number, "_");
  SymbolicTensor shortcut = Conv2D({.filters = filters,
                                    .kernel_size = 1,
                                    .strides = 2,
                                    .padding = Padding::same,
                                    .use_bias = false})(input);
  shortcut = batch_normalization(shortcut, {});
  // The first one follows an activation.
  SymbolicTensor x = number == 2 ? input : activate(input, "relu", prefix + "sepconv1_act");
  x = normalized_separable_conv(x, middle, prefix + "sepconv1");
  x = activate(x, "relu", prefix + "sepconv2_act");
  x = normalized_separable_conv(x, filters, prefix + "sepconv2");
  x = MaxPooling2D({.pool_size = 3, .strides = 2, .padding = Padding::same},
                   {.name = prefix + "pool"})(x);
  return Add()({x, shortcut});
}

SymbolicTensor add_middle_block(const SymbolicTensor& input, int number) {
  SymbolicTensor x = input;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = concat("block", number, "_sepconv", i);
    x = activate(x, "relu", name + "_act");
    x = normalized_separable_conv(x, 728, name);
  }
  return Add()({x, input});
}

}  // namespace

Model Xception(const ApplicationOptions& options) {
  Application application("Xception", options);
  SymbolicTensor x = application.input(299, 71);
  x = normalized_conv(x, 2, 32, "block1_conv1");
  x = normalized_conv(x, 1, 64, "block1_conv2");
  x = add_halving_block(x, 128, 128, 2);
  x = add_halving_block(x, 256, 256, 3);
  x = add_halving_block(x, 728, 728, 4);
  for (int number = 5; number <= 12; ++number) x = add_middle_block(x, number);
  x = add_halving_block(x, 728, 1024, 13);
  x = normalized_separable_conv(x, 1536, "block14_sepconv1");
  x = activate(x, "relu", "block14_sepconv1_act");
  x = normalized_separable_conv(x, 2048, "block14_sepconv2");
  x = activate(x, "relu", "block14_sepconv2_act");
  return application.model(application.top(x, options.include_top), "xception");
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
