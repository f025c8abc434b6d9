#include "mobilenet_v2.hpp"

#include <algorithm>

#include "../layers/activations/rectifiers.hpp"
#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/depthwise_conv.hpp"
#include "../layers/merging/elementwise.hpp"
#include "application.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

constexpr Normalized normalized = {.momentum = 0.999};

SymbolicTensor relu6(const SymbolicTensor& x, std::string name) {
  return ReLU({.max_value = 6}, {.name = std::move(name)})(x);
}

SymbolicTensor pointwise(const SymbolicTensor& x, Dim filters, std::string name) {
  return Conv2D({.filters = filters, .kernel_size = 1, .padding = Padding::same, .use_bias = false},
                {.name = std::move(name)})(x);
}

struct Block {
  Dim filters;
  Dim strides;
};

constexpr Block blocks[] = {{16, 1}, {24, 2},  {24, 1},  {32, 2},  {32, 1}, {32, 1},
                            {64, 2}, {64, 1},  {64, 1},  {64, 1},  {96, 1}, {96, 1},
                            {96, 1}, {160, 2}, {160, 1}, {160, 1}, {320, 1}};

SymbolicTensor add_block(const SymbolicTensor& input, const Block& block, int number,
                         double alpha) {
  constexpr Dim expansion = 6;
  const Dim channels = channels_of(input);
  const Dim filters = make_divisible(
      static_cast<double>(static_cast<Dim>(static_cast<double>(block.filters) * alpha)));
  const std::string prefix =
      number == 0 ? std::string("expanded_conv_") : concat("block_", number, "_");
  SymbolicTensor x = input;
  if (number != 0) {
    x = pointwise(x, expansion * channels, prefix + "expand");
    x = batch_normalization(x, normalized, prefix + "expand_BN");
    x = relu6(x, prefix + "expand_relu");
  }
  if (block.strides == 2) x = zero_pad(x, correct_pad(x, 3), prefix + "pad");
  x = DepthwiseConv2D({.kernel_size = 3,
                       .strides = block.strides,
                       .padding = block.strides == 1 ? Padding::same : Padding::valid,
                       .use_bias = false},
                      {.name = prefix + "depthwise"})(x);
  x = batch_normalization(x, normalized, prefix + "depthwise_BN");
  x = relu6(x, prefix + "depthwise_relu");
  x = pointwise(x, filters, prefix + "project");
  x = batch_normalization(x, normalized, prefix + "project_BN");
  if (channels != filters || block.strides != 1) return x;
  return Add({}, {.name = prefix + "add"})({input, x});
}

/// Rows and columns where a network with a classifier is told no shape: those of `input_tensor` if
/// Keras has weights for that size.
Dim default_size(const MobileNetV2Options& options) {
  if (!options.input_shape.empty() || !options.input_tensor) return 224;
  const auto [rows, columns] = size_of(*options.input_tensor);
  constexpr Dim sizes[] = {96, 128, 160, 192, 224};
  return rows == columns && std::ranges::find(sizes, rows) != std::end(sizes) ? rows : 224;
}

void check_tensor(const Application& application) {
  const ApplicationOptions& options = application.options();
  if (options.input_shape.size() != 3 || !options.input_tensor) return;
  const bool first = image_data_format() == DataFormat::channels_first;
  if (size_of(*options.input_tensor).second != options.input_shape[first ? 2 : 1]) {
    application.refuse("input_tensor.shape[2] must equal input_shape[1]; Received ",
                       "`input_tensor.shape=", tuple_text(options.input_tensor->shape()),
                       "`, `input_shape=", tuple_text(options.input_shape), "`");
  }
}

}  // namespace

Model MobileNetV2(const MobileNetV2Options& options) {
  Application application("MobileNetV2", {.include_top = options.include_top,
                                          .weights = options.weights,
                                          .input_tensor = options.input_tensor,
                                          .input_shape = options.input_shape,
                                          .pooling = options.pooling,
                                          .classes = options.classes,
                                          .classifier_activation = options.classifier_activation,
                                          .name = options.name});
  check_tensor(application);
  SymbolicTensor x = application.input(default_size(options), 32);
  x = Conv2D({.filters = make_divisible(32 * options.alpha),
              .kernel_size = 3,
              .strides = 2,
              .padding = Padding::same,
              .use_bias = false},
             {.name = "Conv1"})(x);
  x = batch_normalization(x, normalized, "bn_Conv1");
  x = relu6(x, "Conv1_relu");
  int number = 0;
  for (const Block& block : blocks) x = add_block(x, block, number++, options.alpha);
  x = Conv2D({.filters = options.alpha > 1 ? make_divisible(1280 * options.alpha) : 1280,
              .kernel_size = 1,
              .use_bias = false},
             {.name = "Conv_1"})(x);
  x = batch_normalization(x, normalized, "Conv_1_bn");
  x = relu6(x, "out_relu");
  return application.model(application.top(x, false),
                           application.sized_name("mobilenetv2", options.alpha));
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
