#include "efficientnet_v2.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "../initializers/constant.hpp"
#include "../layers/convolutional/conv.hpp"
#include "../layers/convolutional/depthwise_conv.hpp"
#include "../layers/preprocessing/normalization.hpp"
#include "../layers/preprocessing/rescaling.hpp"
#include "efficient_blocks.hpp"

namespace keratin::inline KERATIN_VARIANT::applications {
namespace {

using namespace layers;

/// Blocks with `excites` have a depthwise convolution and squeeze and excitation; the others one
/// convolution over all channels in their place.
struct Stage {
  int repeats;
  Dim filters_in;
  Dim filters_out;
  Dim expand_ratio;
  bool excites;
  Dim strides;
};

constexpr Stage stages_b[] = {{1, 32, 16, 1, false, 1}, {2, 16, 32, 4, false, 2},
                              {2, 32, 48, 4, false, 2}, {3, 48, 96, 4, true, 2},
                              {5, 96, 112, 6, true, 1}, {8, 112, 192, 6, true, 2}};
constexpr Stage stages_s[] = {{2, 24, 24, 1, false, 1},  {4, 24, 48, 4, false, 2},
                              {4, 48, 64, 4, false, 2},  {6, 64, 128, 4, true, 2},
                              {9, 128, 160, 6, true, 1}, {15, 160, 256, 6, true, 2}};
constexpr Stage stages_m[] = {{3, 24, 24, 1, false, 1},   {5, 24, 48, 4, false, 2},
                              {5, 48, 80, 4, false, 2},   {7, 80, 160, 4, true, 2},
                              {14, 160, 176, 6, true, 1}, {18, 176, 304, 6, true, 2},
                              {5, 304, 512, 6, true, 1}};
constexpr Stage stages_l[] = {{4, 32, 32, 1, false, 1},   {7, 32, 64, 4, false, 2},
                              {7, 64, 96, 4, false, 2},   {10, 96, 192, 4, true, 2},
                              {19, 192, 224, 6, true, 1}, {25, 224, 384, 6, true, 2},
                              {7, 384, 640, 6, true, 1}};

struct Variant {
  std::span<const Stage> stages;
  Dim size;
  double width = 1;
  double depth = 1;
  /// Normalizes colour images by the means and variances of ImageNet.
  bool normalizes = false;

  Dim filters(Dim count) const {
    constexpr Dim divisor = 8;
    const double wanted = static_cast<double>(count) * width;
    return std::max(divisor, static_cast<Dim>(wanted + divisor / 2) / divisor * divisor);
  }
  int repeats(const Stage& stage) const {
    return static_cast<int>(std::ceil(depth * stage.repeats));
  }
};

constexpr Normalized normalized = {.axis = 3, .momentum = 0.9};

SymbolicTensor normalized_silu(const SymbolicTensor& x, const std::string& prefix) {
  return activate(batch_normalization(x, normalized, prefix + "bn"), "silu", prefix + "activation");
}

SymbolicTensor conv(const SymbolicTensor& x, Dim filters, Dim strides, std::string name) {
  return Conv2D({.filters = filters,
                 .kernel_size = 3,
                 .strides = strides,
                 .padding = Padding::same,
                 .use_bias = false,
                 .kernel_initializer = efficient_initializer()},
                {.name = std::move(name)})(x);
}

/// What comes before a block's last convolution.
SymbolicTensor expanded(SymbolicTensor x, const Stage& block, const std::string& prefix) {
  const Dim filters = block.filters_in * block.expand_ratio;
  if (!block.excites) {
    if (block.expand_ratio == 1) return x;
    x = conv(x, filters, block.strides, prefix + "expand_conv");
    return normalized_silu(x, prefix + "expand_");
  }
  if (block.expand_ratio != 1) {
    x = efficient_pointwise(x, filters, prefix + "expand_conv");
    x = normalized_silu(x, prefix + "expand_");
  }
  x = DepthwiseConv2D({.kernel_size = 3,
                       .strides = block.strides,
                       .padding = Padding::same,
                       .use_bias = false,
                       .depthwise_initializer = efficient_initializer()},
                      {.name = prefix + "dwconv2"})(x);
  x = normalized_silu(x, prefix);
  return squeeze_and_excite(x, std::max<Dim>(1, block.filters_in / 4), prefix);
}

SymbolicTensor add_block(const SymbolicTensor& input, const Stage& block, double drop_rate,
                         const std::string& prefix) {
  SymbolicTensor x = expanded(input, block, prefix);
  const bool is_plain = !block.excites && block.expand_ratio == 1;
  x = is_plain ? conv(x, block.filters_out, block.strides, prefix + "project_conv")
               : efficient_pointwise(x, block.filters_out, prefix + "project_conv");
  x = batch_normalization(x, normalized, prefix + "project_bn");
  if (is_plain) x = activate(x, "silu", prefix + "project_activation");
  if (block.strides != 1 || block.filters_in != block.filters_out) return x;
  return add_with_drop(x, input, drop_rate, prefix);
}

SymbolicTensor add_blocks(SymbolicTensor x, const Variant& variant) {
  int total = 0, number = 0;
  // Keras counts them unscaled.
  for (const Stage& stage : variant.stages) total += stage.repeats;
  for (std::size_t i = 0; i < variant.stages.size(); ++i) {
    Stage block = variant.stages[i];
    block.filters_in = variant.filters(block.filters_in);
    block.filters_out = variant.filters(block.filters_out);
    for (int k = 0; k < variant.repeats(variant.stages[i]); ++k) {
      const double drop_rate = 0.2 * number++ / total;
      x = add_block(x, block, drop_rate, concat("block", i + 1, static_cast<char>('a' + k), "_"));
      block.strides = 1;
      block.filters_in = block.filters_out;
    }
  }
  return x;
}

SymbolicTensor preprocessed(const SymbolicTensor& image, const Variant& variant) {
  if (!variant.normalizes || channels_of(image) != 3)
    return Rescaling({.scale = 1.0 / 128, .offset = -1})(image);
  const SymbolicTensor scaled = Rescaling({.scale = 1.0 / 255})(image);
  return Normalization({.axis = channel_axis_or(3),
                        .mean = Numbers{0.485, 0.456, 0.406},
                        .variance = Numbers{0.229 * 0.229, 0.224 * 0.224, 0.225 * 0.225}})(scaled);
}

Model efficientnet_v2(std::string_view network, const std::string& name, const Variant& variant,
                      const EfficientNetV2Options& options) {
  Application application(network, {.include_top = options.include_top,
                                    .weights = options.weights,
                                    .input_tensor = options.input_tensor,
                                    .input_shape = options.input_shape,
                                    .pooling = options.pooling,
                                    .classes = options.classes,
                                    .classifier_activation = options.classifier_activation,
                                    .name = options.name});
  SymbolicTensor x = application.input(variant.size, 32);
  if (options.include_preprocessing) x = preprocessed(x, variant);
  x = conv(x, variant.filters(variant.stages[0].filters_in), 2, "stem_conv");
  x = normalized_silu(x, "stem_");
  x = add_blocks(x, variant);
  x = efficient_pointwise(x, variant.filters(1280), "top_conv");
  x = normalized_silu(x, "top_");
  const initializers::Constant zero({.value = 0.0});
  return application.model(efficient_top(application, x, 0.2, zero), name);
}

}  // namespace

Model EfficientNetV2B0(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2B0", "efficientnetv2-b0", {stages_b, 224, 1.0, 1.0, true},
                         options);
}
Model EfficientNetV2B1(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2B1", "efficientnetv2-b1", {stages_b, 240, 1.0, 1.1, true},
                         options);
}
Model EfficientNetV2B2(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2B2", "efficientnetv2-b2", {stages_b, 260, 1.1, 1.2, true},
                         options);
}
Model EfficientNetV2B3(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2B3", "efficientnetv2-b3", {stages_b, 300, 1.2, 1.4, true},
                         options);
}
Model EfficientNetV2S(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2S", "efficientnetv2-s", {stages_s, 384}, options);
}
Model EfficientNetV2M(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2M", "efficientnetv2-m", {stages_m, 480}, options);
}
Model EfficientNetV2L(const EfficientNetV2Options& options) {
  return efficientnet_v2("EfficientNetV2L", "efficientnetv2-l", {stages_l, 480}, options);
}

}  // namespace keratin::inline KERATIN_VARIANT::applications
