#include "mobilenet_v3.hpp"

#include <span>

#include "../layers/activations/activation.hpp"
#include "../layers/activations/rectifiers.hpp"
#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/depthwise_conv.hpp"
#include "../layers/merging/elementwise.hpp"
#include "../layers/pooling/global_pooling.hpp"
#include "../layers/preprocessing/rescaling.hpp"
#include "../layers/regularization/dropout.hpp"
#include "../layers/reshaping/flatten.hpp"
#include "application.hpp"
#include "operations.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

/// The minimalistic network goes without large kernels, excitation and swish.
struct Block {
  double expansion;
  Dim filters;
  bool has_large_kernel;
  Dim strides;
  bool excites;
  bool is_swish;
};

constexpr Block small_blocks[] = {{1, 16, false, 2, true, false},
                                  {72.0 / 16, 24, false, 2, false, false},
                                  {88.0 / 24, 24, false, 1, false, false},
                                  {4, 40, true, 2, true, true},
                                  {6, 40, true, 1, true, true},
                                  {6, 40, true, 1, true, true},
                                  {3, 48, true, 1, true, true},
                                  {3, 48, true, 1, true, true},
                                  {6, 96, true, 2, true, true},
                                  {6, 96, true, 1, true, true},
                                  {6, 96, true, 1, true, true}};

constexpr Block large_blocks[] = {
    {1, 16, false, 1, false, false},  {4, 24, false, 2, false, false},
    {3, 24, false, 1, false, false},  {3, 40, true, 2, true, false},
    {3, 40, true, 1, true, false},    {3, 40, true, 1, true, false},
    {6, 80, false, 2, false, true},   {2.5, 80, false, 1, false, true},
    {2.3, 80, false, 1, false, true}, {2.3, 80, false, 1, false, true},
    {6, 112, false, 1, true, true},   {6, 112, false, 1, true, true},
    {6, 160, true, 2, true, true},    {6, 160, true, 1, true, true},
    {6, 160, true, 1, true, true}};

constexpr Normalized normalized = {.momentum = 0.999};

struct Variant {
  std::span<const Block> blocks;
  Dim last_channels;
};

class Builder {
 public:
  explicit Builder(const MobileNetV3Options& options) : options_(options) {}

  SymbolicTensor activated(const SymbolicTensor& x, bool is_swish) const {
    if (is_swish && !options_.minimalistic) return activate(x, "hard_silu");
    return ReLU()(x);
  }

  SymbolicTensor pointwise(const SymbolicTensor& x, Dim filters, bool use_bias,
                           std::string name) const {
    return Conv2D(
        {.filters = filters, .kernel_size = 1, .padding = Padding::same, .use_bias = use_bias},
        {.name = std::move(name)})(x);
  }

  SymbolicTensor add_block(const SymbolicTensor& input, const Block& block, int number) const {
    const Dim channels = channels_of(input);
    const Dim filters = make_divisible(static_cast<double>(block.filters) * options_.alpha);
    const Dim expanded = make_divisible(static_cast<double>(channels) * block.expansion);
    const std::string prefix =
        number == 0 ? std::string("expanded_conv_") : concat("expanded_conv_", number, "_");
    SymbolicTensor x = input;
    if (number != 0) {
      x = pointwise(x, expanded, false, prefix + "expand");
      x = batch_normalization(x, normalized, prefix + "expand_bn");
      x = activated(x, block.is_swish);
    }
    const Dim kernel_size = block.has_large_kernel && !options_.minimalistic ? 5 : 3;
    if (block.strides == 2) x = zero_pad(x, correct_pad(x, kernel_size), prefix + "depthwise_pad");
    x = DepthwiseConv2D({.kernel_size = kernel_size,
                         .strides = block.strides,
                         .padding = block.strides == 1 ? Padding::same : Padding::valid,
                         .use_bias = false},
                        {.name = prefix + "depthwise"})(x);
    x = batch_normalization(x, normalized, prefix + "depthwise_bn");
    x = activated(x, block.is_swish);
    if (block.excites && !options_.minimalistic) x = excited(x, expanded, prefix);
    x = pointwise(x, filters, false, prefix + "project");
    x = batch_normalization(x, normalized, prefix + "project_bn");
    if (block.strides != 1 || channels != filters) return x;
    return Add({}, {.name = prefix + "add"})({input, x});
  }

 private:
  /// Squeeze and excitation, with relu6(x + 3) / 6 for the sigmoid.
  SymbolicTensor excited(const SymbolicTensor& x, Dim channels, const std::string& prefix) const {
    const std::string name = prefix + "squeeze_excite_";
    SymbolicTensor factors =
        GlobalAveragePooling2D({.keepdims = true}, {.name = name + "avg_pool"})(x);
    factors = pointwise(factors, make_divisible(static_cast<double>(channels) * 0.25), true,
                        name + "conv");
    factors = ReLU({}, {.name = name + "relu"})(factors);
    factors = pointwise(factors, channels, true, name + "conv_1");
    factors = ReLU({.max_value = 6})(plus(factors, 3.0));
    factors = times(factors, 1.0 / 6);
    return Multiply({}, {.name = name + "mul"})({x, factors});
  }

  const MobileNetV3Options& options_;
};

/// Unlike other networks, these are built for images of any size, with a classifier too.
Shape input_shape(const Application& application) {
  const ApplicationOptions& options = application.options();
  const bool first = image_data_format() == DataFormat::channels_first;
  const std::size_t rows = first ? 1 : 0;
  if (options.input_shape.size() == 3 && options.input_tensor &&
      size_of(*options.input_tensor).second != options.input_shape[rows + 1]) {
    application.refuse("input_shape[1] must equal input_tensor.shape[2].  Received input_shape=",
                       tuple_text(options.input_shape),
                       ", input_tensor.shape=", tuple_text(options.input_tensor->shape()));
  }
  if (!options.input_shape.empty()) return options.input_shape;
  if (!options.input_tensor) return first ? Shape{3, unknown, unknown} : Shape{unknown, unknown, 3};
  const Shape& shape = options.input_tensor->shape();
  return {shape.begin() + 1, shape.end()};
}

Model mobilenet_v3(std::string_view network, const Variant& variant,
                   const MobileNetV3Options& options) {
  Application application(network, {.include_top = options.include_top,
                                    .weights = options.weights,
                                    .input_tensor = options.input_tensor,
                                    .input_shape = options.input_shape,
                                    .pooling = options.pooling,
                                    .classes = options.classes,
                                    .classifier_activation = options.classifier_activation,
                                    .name = options.name});
  const Builder builder(options);
  SymbolicTensor x = application.input_of_shape(input_shape(application), 32);
  if (options.include_preprocessing) x = Rescaling({.scale = 1 / 127.5, .offset = -1.0})(x);
  x = Conv2D(
      {.filters = 16, .kernel_size = 3, .strides = 2, .padding = Padding::same, .use_bias = false},
      {.name = "conv"})(x);
  x = batch_normalization(x, normalized, "conv_bn");
  x = builder.activated(x, true);
  int number = 0;
  for (const Block& block : variant.blocks) x = builder.add_block(x, block, number++);
  x = builder.pointwise(x, make_divisible(static_cast<double>(channels_of(x) * 6)), false,
                        "conv_1");
  x = batch_normalization(x, normalized, "conv_1_bn");
  x = builder.activated(x, true);
  if (!options.include_top) return application.model(application.pooled(x), std::string(network));
  const Dim last = options.alpha > 1
                       ? make_divisible(static_cast<double>(variant.last_channels) * options.alpha)
                       : variant.last_channels;
  x = GlobalAveragePooling2D({.keepdims = true})(x);
  x = builder.pointwise(x, last, true, "conv_2");
  x = builder.activated(x, true);
  if (options.dropout_rate > 0) x = Dropout({.rate = options.dropout_rate})(x);
  x = builder.pointwise(x, options.classes, true, "logits");
  x = Flatten()(x);
  x = Activation({.activation = application.classifier_activation()}, {.name = "predictions"})(x);
  return application.model(x, std::string(network));
}

}  // namespace

Model MobileNetV3Small(const MobileNetV3Options& options) {
  return mobilenet_v3("MobileNetV3Small", {small_blocks, 1024}, options);
}
Model MobileNetV3Large(const MobileNetV3Options& options) {
  return mobilenet_v3("MobileNetV3Large", {large_blocks, 1280}, options);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
