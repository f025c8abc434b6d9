#include "mobilenet.hpp"

#include "../layers/activations/activation.hpp"
#include "../layers/activations/rectifiers.hpp"
#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/depthwise_conv.hpp"
#include "../layers/pooling/global_pooling.hpp"
#include "../layers/regularization/dropout.hpp"
#include "../layers/reshaping/reshape.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

SymbolicTensor normalized_relu6(const SymbolicTensor& x, const std::string& name) {
  const SymbolicTensor normalized = batch_normalization(x, {}, name + "_bn");
  return ReLU({.max_value = 6}, {.name = name + "_relu"})(normalized);
}

struct Block {
  Dim filters;
  Dim strides;
};

constexpr Block blocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                            {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};

SymbolicTensor add_block(SymbolicTensor x, const Block& block, int number,
                         const MobileNetOptions& options) {
  const std::string id = std::to_string(number);
  if (block.strides != 1) {
    constexpr Margins<2>::Ends at_the_end{0, 1};
    x = zero_pad(x, {at_the_end, at_the_end}, "conv_pad_" + id);
  }
  x = DepthwiseConv2D({.kernel_size = 3,
                       .strides = block.strides,
                       .padding = block.strides == 1 ? Padding::same : Padding::valid,
                       .depth_multiplier = options.depth_multiplier,
                       .use_bias = false},
                      {.name = "conv_dw_" + id})(x);
  x = normalized_relu6(x, "conv_dw_" + id);
  x = Conv2D({.filters = static_cast<Dim>(static_cast<double>(block.filters) * options.alpha),
              .kernel_size = 1,
              .padding = Padding::same,
              .use_bias = false},
             {.name = "conv_pw_" + id})(x);
  return normalized_relu6(x, "conv_pw_" + id);
}

}  // namespace

Model MobileNet(const MobileNetOptions& options) {
  Application application("MobileNet", {.include_top = options.include_top,
                                        .weights = options.weights,
                                        .input_tensor = options.input_tensor,
                                        .input_shape = options.input_shape,
                                        .pooling = options.pooling,
                                        .classes = options.classes,
                                        .classifier_activation = options.classifier_activation,
                                        .name = options.name});
  SymbolicTensor x = application.input(224, 32);
  x = Conv2D({.filters = static_cast<Dim>(32 * options.alpha),
              .kernel_size = 3,
              .strides = 2,
              .padding = Padding::same,
              .use_bias = false},
             {.name = "conv1"})(x);
  x = normalized_relu6(x, "conv1");
  int number = 0;
  for (const Block& block : blocks) x = add_block(x, block, ++number, options);
  if (options.include_top) {
    x = GlobalAveragePooling2D({.keepdims = true})(x);
    x = Dropout({.rate = options.dropout}, {.name = "dropout"})(x);
    x = Conv2D({.filters = options.classes, .kernel_size = 1, .padding = Padding::same},
               {.name = "conv_preds"})(x);
    x = Reshape({.target_shape = {options.classes}}, {.name = "reshape_2"})(x);
    x = Activation({.activation = application.classifier_activation()}, {.name = "predictions"})(x);
  } else {
    x = application.pooled(x, false);
  }
  return application.model(x, application.sized_name("mobilenet", options.alpha));
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
